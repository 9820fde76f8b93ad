import { closed } from '@lrfind/core/options';
import { sweptOptimizers } from '@lrfind/core/sweep';
import * as Type from 'typebox';
import { SuggestOptions } from '../find/search-options.js';
import type { FlagGroups } from '../shared/flags.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';

/** What lrfind cannot know of a loop that is not its own. */
export const ReadingFlags = Type.Object(
  {
    optimizer: Type.Optional(
      Type.String({
        examples: Object.keys(sweptOptimizers),
        description: `optimizer of the loop, which decides how its curve is read (default: not known; the curve alone): ${Object.keys(sweptOptimizers).join(', ')}`,
      }),
    ),
    name: Type.Optional(
      Type.String({
        placeholder: 'text',
        description: 'what results call the model (default: the file or the program)',
      }),
    ),
    ...SuggestOptions.properties,
  },
  closed,
);

/** Which columns of the table are read. */
export const LossColumns = Type.Object(
  {
    rateColumn: Type.Optional(
      Type.String({
        placeholder: 'column',
        description: 'column of learning rates (default: recognised, such as rate, lr, learning_rate)',
      }),
    ),
    lossColumn: Type.Optional(
      Type.String({
        placeholder: 'column',
        description: 'column of losses (default: recognised, such as loss, train_loss, train/loss)',
      }),
    ),
    seedColumn: Type.Optional(
      Type.String({
        placeholder: 'column',
        description:
          'column that tells sweeps apart (default: recognised, such as seed, run; without one there is one sweep)',
      }),
    ),
  },
  closed,
);

const { progress: _, ...output } = OutputOptions.properties;

/** What is printed and written. */
export const AnalyseOutput = Type.Object(output, closed);

/** All flags of `lrfind analyse`. */
export const flags: FlagGroups = [
  ['Table:', LossColumns],
  ['Curve:', ReadingFlags],
  ['Output:', AnalyseOutput],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
The table has a row for each step: its learning rate, its loss, and with
several sweeps the seed. It is CSV, JSON lines, or one JSON object of lists.
Rates may be spaced anyhow and in any order; nan and inf are losses too.

Examples:
  $ lrfind analyse losses.csv --optimizer adam
  $ lrfind analyse losses.jsonl -o curve.png,sweep.json
  $ lrfind analyse history.csv --rate-column lr --loss-column train/loss --seed-column run
  $ python finder.py | lrfind analyse - --quiet`;
