import { type Attribute, AttributeType } from '../attributes.js';
import type { Context } from '../context.js';
import type { Contexts } from '../open.js';
import type { Expectation } from './mode-tuner.js';

/** One way in which TensorFlow can run a function. */
export interface Way extends Expectation {
  readonly name: 'one thread' | 'all threads' | 'xla';
  /** Where it runs; undefined: where the fastest way was when this one was first taken. */
  readonly context: Context | undefined;
  /** With which attributes the function is called. */
  readonly attributes: readonly Attribute[];
}

/** What the first call takes for each operation, in milliseconds: what was seen on two cores, then what it last took here. */
const setups = { 'one thread': 0.05, 'all threads': 0.05, xla: 5 };

/** One thread needs no executor that shares operations among threads: a small network's step takes 0.20 in place of 0.21 ms. */
const SINGLE = [{ name: 'executor_type', type: AttributeType.string, value: 'SINGLE_THREADED_EXECUTOR' }];
const XLA = [{ name: '_XlaMustCompile', type: AttributeType.bool, value: true }];

/**
 * The ways to run a function, the first being the one to begin with.
 *
 * Dense and recurrent networks of usual sizes lose by threads: handing out the pieces of an operation costs more than it
 * saves (784-128-64-10, two cores: 1.6 ms a step with two threads and 0.95 with one). Their numbers are mostly the same bits
 * with any number of threads. Those of convolutions are not, so there is no choice by the clock among these, and always all
 * threads: 15 in place of 23 ms. XLA's convolutions on the CPU take twice the executor's time.
 *
 * With `LRFIND_DETERMINISTIC=1` in the environment nothing is left to the clock: the first way is the only one.
 *
 * @param contexts where TensorFlow computes
 * @param operations how many operations the function has
 * @param convolutional whether there are convolutions among them
 */
export function waysOf({ all, single }: Contexts, operations: number, convolutional: boolean): Way[] {
  const way = (
    name: Way['name'],
    ratio: number,
    context: Context | undefined,
    attributes: readonly Attribute[],
  ): Way => ({
    ...{ name, ratio, setup: setups[name] * operations, context, attributes },
  });
  const threads = way('all threads', 0.7, all, []);
  // Seen: 0.27 to 0.55 on dense, normalised and recurrent networks.
  const xla = way('xla', 0.5, undefined, XLA);
  const one = way('one thread', 1, single, SINGLE);
  const [first, ...others] = all.gpu
    ? [threads, xla]
    : convolutional
      ? [threads]
      : [one, ...(all === single ? [] : [threads]), xla];
  return process.env.LRFIND_DETERMINISTIC === '1' ? [first as Way] : [first as Way, ...others];
}

/** Notes what the set-up of a way took, for the functions to come. */
export function learnSetup({ name }: Way, operations: number, setup: number): void {
  setups[name] = setup / operations;
}
