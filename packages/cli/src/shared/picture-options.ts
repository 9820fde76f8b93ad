import Type, { type Static } from 'typebox';

/** How pictures are drawn and where files go: shared by every command that writes any. */
export const PlotOptions = Type.Object(
  {
    out: Type.Array(Type.String(), {
      placeholder: 'path',
      default: [],
      description: 'files to write: .png, .svg, .json, .csv; several paths, or the flag several times',
    }),
    width: Type.Integer({ minimum: 360, maximum: 4000, default: 800, description: 'width of pictures, in pixels' }),
    height: Type.Optional(
      Type.Integer({
        minimum: 300,
        maximum: 4000,
        description: 'height of pictures, in pixels (default: 520, and more where there are panels for it)',
      }),
    ),
    dark: Type.Boolean({ default: false, description: 'dark pictures' }),
  },
  { additionalProperties: false },
);

/** Options of pictures, filled in. */
export type PlotOptions = Static<typeof PlotOptions>;
