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
 * Milliseconds per operation that the first call takes longer: initially as measured on two cores, then as measured
 * here.
 */
const setupPerOperation = { 'one thread': 0.05, 'all threads': 0.05, xla: 5 };

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
 * executor's.
 *
 * With `LRFIND_DETERMINISTIC=1` in the environment, only the first mode is returned, so that measured times decide
 * nothing.
 *
 * @param contexts where TensorFlow computes
 * @param operations the number of operations of the function
 * @param convolutional whether convolutions are among them
 */
export function executionModes({ all, single }: Contexts, operations: number, convolutional: boolean): ExecutionMode[] {
  const mode = (
    name: ExecutionMode['name'],
    ratio: number,
    context: Context | undefined,
    attributes: readonly Attribute[],
  ): ExecutionMode => ({ name, ratio, setup: setupPerOperation[name] * operations, context, attributes });
  const threads = mode('all threads', 0.7, all, []);
  // Measured: 0.27 to 0.55 on dense, normalised and recurrent networks.
  const xla = mode('xla', 0.5, undefined, XLA);
  const oneThread = mode('one thread', 1, single, SINGLE_THREADED);
  const [first, ...others] = all.gpu
    ? [threads, xla]
    : convolutional
      ? [threads]
      : [oneThread, ...(all === single ? [] : [threads]), xla];
  return process.env.LRFIND_DETERMINISTIC === '1' ? [first as ExecutionMode] : [first as ExecutionMode, ...others];
}

/** Records the measured setup time of a mode, for the estimates of later functions. */
export function recordSetup({ name }: ExecutionMode, operations: number, setup: number): void {
  setupPerOperation[name] = setup / operations;
}
