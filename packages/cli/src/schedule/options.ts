import { scheduleKinds } from '@lrfind/core/schedules';
import Type, { type Static, type TObject } from 'typebox';
import { PlotOptions } from '../shared/picture-options.js';

const closed = { additionalProperties: false } as const;

/** The most steps of a preview. */
export const mostSteps = 1_000_000;

/** Which schedules, besides those that stand as text. */
export const ScheduleSources = Type.Object(
  {
    keras: Type.Array(Type.String(), {
      placeholder: 'path',
      default: [],
      description: "JSON files with a schedule as Keras saves it, or an optimizer's configuration with one in it",
    }),
    run: Type.Array(Type.String(), {
      placeholder: 'path',
      default: [],
      description:
        'runs stored by lrfind --out run.json: one-cycle and cyclical schedules in the usable range of each, and its suggested rate as a constant',
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
        maximum: mostSteps,
        description: 'how many steps of a training to show (default: until a little after the last schedule has ended)',
      }),
    ),
  },
  closed,
);

/** Where the preview goes. */
export const ScheduleOutput = Type.Object(
  {
    ...PlotOptions.properties,
    log: Type.Boolean({ default: false, description: 'a logarithmic axis of learning rates' }),
    json: Type.Boolean({
      default: false,
      description: 'the rates of all steps on stdout as JSON, in place of the table',
    }),
    quiet: Type.Boolean({ default: false, description: 'the table alone: no chart above it, nothing on stderr' }),
  },
  closed,
);

/** All flags of `lrfind schedule`, by heading of the help. */
export const scheduleFlags: readonly [heading: string, schema: TObject][] = [
  ['Schedules:', ScheduleSources],
  ['Steps:', ScheduleSteps],
  ['Output:', ScheduleOutput],
];

const longestName = Math.max(...scheduleKinds.map(({ name }) => name.length));

/** What the help says after the flags: the kinds of schedules, and examples. */
export const scheduleHelp = `
Kinds of schedules (docs/schedules.md has their parameters and formulas):
${scheduleKinds.map(({ name, summary }) => `  ${name.padEnd(longestName)}  ${summary}`).join('\n')}

Parameters stand in their order or by name; a step is whatever the schedule is asked for once, a batch or an epoch.

Examples:
  $ lrfind schedule "cosine(0.1, steps=1000, warmup=100)"
  $ lrfind schedule "cosine(0.1, steps=1000)" "one-cycle(0.1, steps=1000)" 0.01 --out schedules.png schedules.csv
  $ lrfind schedule --keras optimizer.json --steps 5000 --log
  $ lrfind schedule --run run.json --steps 2000
  $ lrfind schedule "exponential(0.1, steps=30, factor=0.1, staircase=true)" --json | jq '.schedules[0].rates[30]'`;

/** Options of where schedules come from, filled in. */
export type ScheduleSources = Static<typeof ScheduleSources>;
/** Options of where the preview goes, filled in. */
export type ScheduleOutput = Static<typeof ScheduleOutput>;
