import { closed } from '@lrfind/core/options';
import Type, { type Static } from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { DataOptions, ModelDataOptions, TrainingOptions } from '../shared/options.js';

/** The table, and the model that it should fit. */
export const TableFiles = Type.Object(
  {
    ...DataOptions.properties,
    model: Type.Optional(
      Type.Unsafe<string>({
        ...ModelDataOptions.properties.model,
        description: 'model to say whether the table fits (default: none; a plain model is assumed)',
      }),
    ),
    loss: TrainingOptions.properties.loss,
  },
  closed,
);

/** Which rows are shown. */
export const ExampleOptions = Type.Object(
  {
    examples: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 3,
      description: 'rows to show from the start, and as many drawn at random',
    }),
    seed: Type.Integer({ default: 0, description: 'seed that decides which rows are drawn' }),
  },
  closed,
);

/** What is printed and written. */
export const TableOutput = Type.Object(
  {
    out: Type.Array(Type.String(), {
      short: 'o',
      placeholder: 'paths',
      default: [],
      description: 'files to write: .json (everything), .csv (the columns)',
    }),
    json: Type.Boolean({ default: false, description: 'print everything as JSON in place of the summary' }),
  },
  closed,
);

/** All flags of `lrfind data`. */
export const flags: FlagGroups = [
  ['Table and model:', TableFiles],
  ['Examples:', ExampleOptions],
  ['Output:', TableOutput],
];

/** Help after the flags. */
export const help = `
Nothing is trained. What does not fit comes with the option that answers it.

Examples:
  $ lrfind data -d data.csv
  $ lrfind data -d data.csv --target price --ignore id -m model.json
  $ lrfind data -d data.csv --json | jq '.columns[] | select(.missing > 0) | .name'
  $ lrfind data -d data.csv -o data.json`;

/** Options of the output, filled in. */
export type TableOutput = Static<typeof TableOutput>;
