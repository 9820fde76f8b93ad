import { declaredLoopOptions } from '@lrfind/core/loop';
import { closed } from '@lrfind/core/options';
import { SweepOptions } from '@lrfind/core/sweep';
import * as Type from 'typebox';
import { ReadingFlags } from '../analyse/options.js';
import type { FlagGroups } from '../shared/flags.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';

const { startLr, endLr, steps, range, spacing, repeats, seed, trainingSteps } = SweepOptions.properties;

/** The options of a search with another program. */
export const LoopOptions = Type.Object(
  {
    ...{ startLr, endLr, steps, range, spacing, repeats, seed },
    verify: Type.Unsafe<boolean | number | string>({
      ...declaredLoopOptions.verify,
      placeholder: 'steps|seconds',
      optionalValue: true,
      description:
        'try the answer: train for a short while at constant rates around it, each from a reset on, and take the one that does best by the losses of its last batches, or by --evaluate. A number of steps (3000) or of seconds (20s) limits all these trainings together (default: twice the steps of the sweeps)',
    }),
    trainingSteps,
  },
  closed,
);

/** How the program is spoken to. */
export const ProgramOptions = Type.Object(
  {
    evaluate: Type.Boolean({
      default: false,
      description:
        'with --verify: ask the program for the loss on rows that it does not train on, by {"evaluate": seed}',
    }),
    timeout: Type.Number({
      exclusiveMinimum: 0,
      maximum: 86_400,
      default: 600,
      placeholder: 'seconds',
      description: 'longest time to wait for an answer of the program',
    }),
  },
  closed,
);

/** All flags of `lrfind loop`. */
export const flags: FlagGroups = [
  ['Program:', ProgramOptions],
  ['Sweep:', LoopOptions],
  ['Curve:', ReadingFlags],
  ['Output:', OutputOptions],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
lrfind starts the program and writes a line of JSON to its standard input for
each thing to do. The program answers a step with its loss, one line each:
  {"reset": 0}                          put weights, optimizer and data order back
  {"step": {"rate": 1e-7, "seed": 0}}   train one batch, answer {"loss": 2.31}
  {"evaluate": 0}                       with --evaluate: answer {"loss": 2.28}
The end of its input is the end of the search. What it writes to standard error
is shown. docs/any-training-loop.md has programs to copy.

Examples:
  $ lrfind loop --optimizer adam -- python train.py
  $ lrfind loop --optimizer sgd --verify -o sweep.png,sweep.json -- node loop.js`;
