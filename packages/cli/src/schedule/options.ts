import { closed } from '@lrfind/core/options';
import { scheduleKinds } from '@lrfind/core/schedules';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { PictureOptions } from '../shared/outputs/options.js';

/** The most steps of a preview. */
export const MOST_STEPS = 1_000_000;

/** Which schedules, besides those given as text. */
export const ScheduleSources = Type.Object(
  {
    fromKeras: Type.Array(Type.String(), {
      formerly: 'keras',
      placeholder: 'paths',
      default: [],
      description: 'show the schedules in JSON files that Keras saved: a schedule, or an optimizer with one',
    }),
    fromResult: Type.Array(Type.String(), {
      formerly: 'run',
      placeholder: 'paths',
      default: [],
      description:
        'show schedules for results of lrfind: one-cycle and cyclical within the usable range, and the suggested rate as a constant',
    }),
  },
  closed,
);

/** How many steps. */
export const ScheduleSteps = Type.Object(
  {
    steps: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: MOST_STEPS,
        description: 'training steps to show (default: until shortly after the last schedule ends)',
      }),
    ),
  },
  closed,
);

/** What is printed and written. */
export const ScheduleOutput = Type.Object(
  {
    ...PictureOptions.properties,
    log: Type.Boolean({ default: false, description: 'draw a logarithmic axis of learning rates' }),
    json: Type.Boolean({ default: false, description: 'print the rates of all steps as JSON in place of the table' }),
    quiet: Type.Boolean({ default: false, description: 'print only the table' }),
  },
  closed,
);

/** All flags of `lrfind schedule`. */
export const flags: FlagGroups = [
  ['Schedules:', ScheduleSources],
  ['Steps:', ScheduleSteps],
  ['Output:', ScheduleOutput],
];

const longestName = Math.max(...scheduleKinds.map(({ name }) => name.length));

/** Help after the flags: the kinds of schedules, and examples. */
export const help = `
Kinds of schedules (docs/schedules.md has their parameters and formulas):
${scheduleKinds.map(({ name, summary }) => `  ${name.padEnd(longestName)}  ${summary}`).join('\n')}

Give parameters in order or by name. A step is a batch or an epoch: one call of the schedule.

Examples:
  $ lrfind schedule "cosine(0.1, steps=1000, warmup=100)"
  $ lrfind schedule "cosine(0.1, steps=1000)" "one-cycle(0.1, steps=1000)" 0.01 -o schedules.png,schedules.csv
  $ lrfind schedule --from-keras optimizer.json --steps 5000 --log
  $ lrfind schedule --from-result sweep.json --steps 2000
  $ lrfind schedule "exponential(0.1, steps=30, factor=0.1, staircase=true)" --json | jq '.schedules[0].rates[30]'`;

/** Options of the output, filled in. */
export type ScheduleOutput = Static<typeof ScheduleOutput>;
