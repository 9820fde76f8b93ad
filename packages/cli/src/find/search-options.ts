import { closed } from '@lrfind/core/options';
import { SweepOptions, suggestionMethods } from '@lrfind/core/sweep';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import {
  ModelDataOptions,
  OptimizerOptions,
  OptimizerParameters,
  TrainingOptions,
  validation,
} from '../shared/options.js';

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

/** The flags that say what is searched, and how. */
export const searchFlags: FlagGroups = [
  ['Model and data:', FindFiles],
  ['Training:', TrainingOptions],
  ['Optimizer:', Type.Object({ ...OptimizerOptions.properties, ...OptimizerParameters.properties }, closed)],
  ['Sweep:', FindOptions],
  ['Suggestion:', SuggestOptions],
];

/** How a search is made again from the options of its result. */
export const repeatedSearch = {
  command: 'lrfind',
  flags: searchFlags,
  defaults: { suggest: suggestionMethods.map(({ name }) => name) },
  before: { verify: false },
};
