import { type Attribute, AttributeType } from '../attributes.js';
import type { Context } from '../context.js';
import type { Contexts } from '../open.js';
import type { ModeEstimate } from './mode-tuner.js';

/** A mode in which TensorFlow can execute a function. */
export interface ExecutionMode extends ModeEstimate {
  readonly name: 'one thread' | 'all threads' | 'xla';
  /** Where it runs; undefined: in the context of the fastest mode when this one was first used. */
  readonly context: Context | undefined;
  /** The attributes of the call. */
  readonly attributes: readonly Attribute[];
}

/**
 * Milliseconds per operation that the first call takes longer: initially as measured on two slow cores, then as measured
 * here. XLA compiled functions of 176 to 746 operations in 3 to 14 ms per operation.
 */
const setupPerOperation = { 'one thread': 0.05, 'all threads': 0.05, xla: 10 };

/**
 * Milliseconds per operation that XLA saves, because it runs many operations as one: 0.6 to 1.3 µs for 20-64-10, with and
 * without batch normalisation, 0.5 µs for short recurrent networks, and where arithmetic takes the time nothing
 * (200-256-256-10). So it pays from about 10,000 calls on.
 */
const XLA_SAVING = 0.001;

/** For 1,598 operations, an LSTM of 20 steps, XLA compiled for 13 s, and a call took 4.8 ms where the executor takes 4.0. */
const XLA_OPERATIONS = 1000;

/**
 * Milliseconds of a call from which on threads are tried. 784-128-64-10 takes 3.5 ms with one thread and 5.6 with two,
 * 200-256-256-10 6.9 and 8.8, 784-512-512-10 31 and 19.
 */
const THREADS_FROM = 5;

/**
 * With one thread, the default executor, which distributes operations over threads, costs 5% of a small network's step.
 */
const SINGLE_THREADED = [{ name: 'executor_type', type: AttributeType.string, value: 'SINGLE_THREADED_EXECUTOR' }];
const XLA = [{ name: '_XlaMustCompile', type: AttributeType.bool, value: true }];

/**
 * The modes that are worth trying for a function, with the one to start with first.
 *
 * Dense and recurrent networks of common sizes are slower with threads: distributing parts of an operation costs more
 * than it saves (784-128-64-10 on two cores: 1.6 ms per step with two threads, 0.95 with one). Their results are mostly
 * the same bits with any number of threads. Those of convolutions are not, so convolutional networks always use all
 * threads, which is also faster: 15 ms instead of 23. On the CPU, XLA's convolutions take twice as long as the
 * executor's, and its random numbers many times: 2.2 ms a step instead of 0.57 for 20-64-10 with dropout, 24 instead of
 * 3.5 for 784-128-64-10 with two.
 *
 * With `LRFIND_DETERMINISTIC=1` in the environment, only the first mode is returned, so that measured times decide
 * nothing.
 *
 * @param contexts where TensorFlow computes
 * @param operations the number of operations of the function
 * @param contains what is among them
 */
export function executionModes(
  { all, single }: Contexts,
  operations: number,
  contains: { readonly convolutions: boolean; readonly randomNumbers: boolean },
): ExecutionMode[] {
  const mode = (
    name: ExecutionMode['name'],
    saving: ExecutionMode['saving'],
    context: Context | undefined,
    attributes: readonly Attribute[],
  ): ExecutionMode => ({ name, saving, setup: setupPerOperation[name] * operations, context, attributes });
  const threads = mode('all threads', (time) => (time < THREADS_FROM ? 0 : 0.3 * time), all, []);
  const xla = mode('xla', (time) => Math.min(0.5 * time, all.gpu ? time : XLA_SAVING * operations), undefined, XLA);
  const oneThread = mode('one thread', () => 0, single, SINGLE_THREADED);
  const [first, ...others] = all.gpu
    ? [threads, xla]
    : contains.convolutions
      ? [threads]
      : [
          oneThread,
          ...(all === single ? [] : [threads]),
          ...(contains.randomNumbers || operations > XLA_OPERATIONS ? [] : [xla]),
        ];
  return process.env.LRFIND_DETERMINISTIC === '1' ? [first as ExecutionMode] : [first as ExecutionMode, ...others];
}

/** Records the measured setup time of a mode, for the estimates of later functions. */
export function recordSetup({ name }: ExecutionMode, operations: number, setup: number): void {
  setupPerOperation[name] = setup / operations;
}
