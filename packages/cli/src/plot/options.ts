import { closed } from '@lrfind/core/options';
import { charts } from '@lrfind/plots/charts';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { AxisOptions, PictureOptions } from '../shared/outputs/options.js';

/** What is drawn, and where to. */
export const PlotOptions = Type.Object(
  {
    chart: Type.Optional(
      Type.String({
        description: `chart to draw (default: the first for the kind of result; loss-by-group for a search with groups): ${charts.map(({ name }) => name).join(', ')}`,
      }),
    ),
    ...PictureOptions.properties,
    ...AxisOptions.properties,
    // Without a default, which makes the flag required.
    out: Type.Array(Type.String(), {
      short: 'o',
      placeholder: 'paths',
      description: 'files to write: .png, .svg, .json, .csv',
    }),
  },
  closed,
);

/** All flags of `lrfind plot`. */
export const flags: FlagGroups = [['Output:', PlotOptions]];

/** Help after the flags. */
export const help = `
Charts:
${charts.map(({ name, summary }) => `  ${name.padEnd(Math.max(...charts.map((chart) => chart.name.length)))}  ${summary}`).join('\n')}

Examples:
  $ lrfind plot sweep.json -o sweep.png
  $ lrfind plot sweep.json -o part.png --x 1e-5,1 --y 0,3
  $ lrfind plot comparison.json -o comparison.svg --dark --width 1200`;
