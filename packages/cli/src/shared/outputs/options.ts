import { closed } from '@lrfind/core/options';
import type { Static } from 'typebox';
import * as Type from 'typebox';

/** How pictures are drawn, and which files are written. */
export const PictureOptions = Type.Object(
  {
    out: Type.Array(Type.String(), {
      short: 'o',
      placeholder: 'paths',
      default: [],
      description: 'files to write: .png, .svg, .json, .csv',
    }),
    width: Type.Optional(
      Type.Integer({
        minimum: 360,
        maximum: 4000,
        description: 'width of pictures in CSS pixels, 360 to 4000 (default: 800)',
      }),
    ),
    height: Type.Optional(
      Type.Integer({
        minimum: 300,
        maximum: 4000,
        description:
          'height of pictures in CSS pixels, 300 to 4000 (default: in proportion to the width, 520 at 800, more for several panels)',
      }),
    ),
    scaleFactor: Type.Optional(
      Type.Number({
        minimum: 0.25,
        maximum: 4,
        description: 'pixels of a PNG for each CSS pixel, 0.25 to 4 (default: 1 where a size is given, else 2)',
      }),
    ),
    dark: Type.Boolean({ default: false, description: 'draw dark pictures' }),
  },
  closed,
);

/** Both ends of an axis, as text with a comma. */
const limits = (description: string) =>
  Type.Optional(
    Type.Array(Type.Number(), {
      minItems: 2,
      maxItems: 2,
      placeholder: 'low,high',
      allowed: 'two rising numbers',
      description,
    }),
  );

/** The axes of pictures of results. */
export const AxisOptions = Type.Object(
  {
    x: limits(
      'ends of the horizontal axis of pictures: learning rates, epochs or steps, such as 1e-5,1 (default: all that was measured)',
    ),
    y: limits('ends of the axis of losses, such as 0,3 (default: what shows the course of the losses)'),
    logLoss: Type.Optional(
      Type.Boolean({
        negation: 'draw a linear axis of losses',
        description: 'draw a logarithmic axis of losses (default: of trainings whose losses span a decade)',
      }),
    ),
  },
  closed,
);

/** What is printed and written. */
export const OutputOptions = Type.Object(
  {
    ...PictureOptions.properties,
    ...AxisOptions.properties,
    json: Type.Boolean({ default: false, description: 'print the whole result as JSON in place of the summary' }),
    quiet: Type.Boolean({ default: false, description: 'print only the learning rate' }),
    progress: Type.Boolean({ default: true, off: 'hide the progress bar', description: 'show a progress bar' }),
    open: Type.Boolean({
      default: false,
      description: 'show the work in a browser as it goes, and the report at its end, on a page of this machine alone',
    }),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'port of that page on 127.0.0.1, for a tunnel to this machine (default: one that is free)',
      }),
    ),
  },
  closed,
);

/** Options of pictures, filled in. */
export type PictureOptions = Static<typeof PictureOptions>;
/** Options of the axes, filled in. */
export type AxisOptions = Static<typeof AxisOptions>;
/** Options of the output, filled in. */
export type OutputOptions = Static<typeof OutputOptions>;
