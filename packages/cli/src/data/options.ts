import { choice, closed } from '@lrfind/core/options';
import { nets } from '@lrfind/finder';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { DataOptions, ModelDataOptions, TrainingOptions } from '../shared/options.js';
import { reproduce } from '../shared/reproduce.js';

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

/** The plain model that is written. */
export const PlainModelFlags = Type.Object(
  {
    initModel: Type.Optional(
      Type.String({
        placeholder: 'path',
        description: 'write a plain model that fits the table, without weights (.json)',
      }),
    ),
    net: choice(['auto', ...nets.map(({ name }) => name)], {
      default: 'auto',
      description: `the plain model: ${nets.map(({ name, summary }) => `${name} for ${summary}`).join(', ')}`,
    }),
    force: Type.Boolean({ default: false, description: 'replace the model of --init-model if there is one' }),
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
  ['Plain model:', PlainModelFlags],
  ['Examples:', ExampleOptions],
  ['Output:', TableOutput],
];

/** Of fewer rows a search by the usual batch size has no two batches. */
const FEW_ROWS = 64;

/**
 * The command that searches for a rate, with the same options of the table.
 *
 * @param rows that can be trained on; of few, the command names a batch size of which there are four batches and more
 */
export function findCommand(options: Readonly<Record<string, unknown>>, rows: number): string {
  const taken: FlagGroups = [
    ['', ModelDataOptions],
    ['', Type.Object({ loss: TrainingOptions.properties.loss }, closed)],
  ];
  const batchSize = rows < FEW_ROWS ? ` --batch-size ${2 ** Math.max(0, Math.floor(Math.log2(rows / 4)))}` : '';
  return `${reproduce({ command: 'lrfind', flags: taken }, options) ?? 'lrfind'}${batchSize}`;
}

/** Help after the flags. */
export const help = `
Nothing is trained. What does not fit comes with the option that answers it.

Examples:
  $ lrfind data data.csv
  $ lrfind data -d data.csv --target price --ignore id -m model.json
  $ lrfind data -d data.csv --init-model model.json && lrfind -m model.json -d data.csv
  $ lrfind data -d data.csv --json | jq '.columns[] | select(.missing > 0) | .name'
  $ lrfind data -d data.csv -o data.json`;

/** Options of the output, filled in. */
export type TableOutput = Static<typeof TableOutput>;
