import { closed } from '@lrfind/core/options';
import { SweepOptions, suggestionMethods } from '@lrfind/core/sweep';
import Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import {
  ModelDataOptions,
  OptimizerOptions,
  OptimizerParameters,
  TrainingOptions,
  validation,
} from '../shared/options.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';

/** The model and the tables. */
export const FindFiles = Type.Object({ ...ModelDataOptions.properties, validation }, closed);

/** The options of a search. The command tries its answer unless it is told not to: whoever waits for it wants one to rely on. */
export const FindOptions = Type.Object(
  {
    ...SweepOptions.properties,
    verify: Type.Unsafe<NonNullable<SweepOptions['verify']>>({
      ...SweepOptions.properties.verify,
      default: true,
      negation: 'do not try the answer: sweeps alone, within a second or two',
    }),
  },
  closed,
);

/** Which suggestion methods run. */
export const SuggestOptions = Type.Object(
  {
    suggest: Type.Optional(
      Type.Array(Type.String(), {
        placeholder: 'methods',
        description: `methods of suggestion; the first gives the answer (default: all): ${suggestionMethods.map(({ name }) => name).join(', ')}`,
      }),
    ),
  },
  closed,
);

/** All flags of `lrfind find`. */
export const flags: FlagGroups = [
  ['Model and data:', FindFiles],
  ['Training:', TrainingOptions],
  ['Optimizer:', Type.Object({ ...OptimizerOptions.properties, ...OptimizerParameters.properties }, closed)],
  ['Sweep:', FindOptions],
  ['Suggestion:', SuggestOptions],
  ['Output:', OutputOptions],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
Examples:
  $ lrfind -m model.json -d data.csv
  $ lrfind -m model.json -d data.csv --target price --optimizer sgd --momentum 0.9 -o sweep.png,sweep.json
  $ lrfind -m model.json -d data.csv --group "base*:0.1" -o groups.png
  $ lrfind -m model.json -d train.csv --validation val.csv
  $ lrfind -m model.json -d hourly.csv --window 24 --horizon 1
  $ lrfind -m model.json -d data.csv --for constant,cosine,one-cycle --epochs 20
  $ lrfind -m model.json -d data.csv --json | jq .suggestion.learningRate
  $ lrfind -m model.json -d data.csv --open
  $ lrfind plot sweep.json -o sweep.svg --dark
  $ lrfind report sweep.json -o report.html
  $ lrfind schedule "cosine(0.1, steps=1000, warmup=100)" -o schedule.png`;
