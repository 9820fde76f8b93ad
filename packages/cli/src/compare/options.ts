import { closed } from '@lrfind/core/options';
import { WorkerOptions } from '@lrfind/core/study';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';
import { comparisonFlags } from './comparison-options.js';
import { QueueOptions } from './queue-options.js';

/** How an interrupted comparison is resumed. */
export const JournalOptions = Type.Object(
  {
    journal: Type.Optional(
      Type.String({
        placeholder: 'path',
        description:
          'file that records each training as it ends, and is removed at the end (default: the first of --out with .journal added, else lrfind-compare.journal)',
      }),
    ),
    resume: Type.Boolean({
      default: false,
      description: 'resume an interrupted comparison from its journal; give the same options',
    }),
  },
  closed,
);

/** What is printed and written. */
export const CompareOutput = Type.Object(
  {
    ...OutputOptions.properties,
    quiet: Type.Boolean({ default: false, description: 'print only the name of the best trial' }),
  },
  closed,
);

/** All flags of `lrfind compare`. */
export const flags: FlagGroups = [
  ...comparisonFlags,
  ['Workers:', WorkerOptions],
  ['Journal:', JournalOptions],
  ['Other machines:', QueueOptions],
  ['Output:', CompareOutput],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
Examples:
  $ lrfind compare -m model.json -d data.csv --lr 0.1,0.01,0.001,0.0001 -o comparison.png
  $ lrfind compare -m model.json -d data.csv --lr find --schedule "cosine(0.01), one-cycle(0.02)" --steps 2000
  $ lrfind compare -m model.json -d data.csv --schedule "cosine(0.01)" --callback "reduce-lr-on-plateau(patience=3)"
  $ lrfind compare -m model.json -d data.csv --optimizer adam,rmsprop,adagrad --lr 0.001
  $ lrfind compare -m small.json,large.json -d data.csv --lr find --halving -o comparison.json
  $ lrfind compare -m model.json -d data.csv --search 60 --lr 1e-5..1 --optimizer adam,sgd --batch-size 16..256 --halving asynchronous
  $ lrfind compare -m model.json -d data.csv --lr 0.1,0.01,0.001 --repeats 5 --resume
  $ lrfind compare -m model.json -d data.csv --lr 0.1,0.01 --queue redis://10.0.0.5

docs/training.md has all of a comparison, docs/many-cores.md its workers, and
docs/many-machines.md its queue.`;

/** Options of the output, filled in. */
export type CompareOutput = Static<typeof CompareOutput>;
