import { InputError, notAllowed, shownValue } from '../errors.js';
import { MAX_FLOAT32 } from '../float32.js';
import { rateText } from '../format.js';

/** The part of an `AbortSignal` that a search uses. The language's own types do not include `AbortSignal`. */
export interface LoopSignal {
  readonly aborted: boolean;
  /** Throws the signal's reason if it is aborted. */
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Trains one batch and returns its loss before the update.
 *
 * @param rate learning rate of this step, above 0
 * @param seed that of the last `reset`
 * @returns a finite number; NaN or an infinity ends the sweep or the training, as a loss that has diverged
 */
export type LoopStep = (rate: number, seed: number) => number | PromiseLike<number>;

/** What a training loop of the caller's own can do. */
export interface LoopFunctions {
  /** Puts weights, optimizer and data order back, as the seed gives them: equal seeds must give equal losses. */
  readonly reset: (seed: number) => unknown;
  /** The loss on rows that are not trained on; by default rates are compared by the losses of batches. */
  readonly evaluate?: ((seed: number) => number | PromiseLike<number>) | undefined;
}

/** A training loop whose answers are checked, and that waits for no answer once the signal is aborted. */
export interface BlackBox {
  /** @throws InputError for what is no number; the signal's reason; whatever the caller's function throws */
  step(rate: number, seed: number): Promise<number | null>;
  reset(seed: number): Promise<void>;
  /** Undefined where the caller has no such function. */
  readonly evaluate: ((seed: number) => Promise<number | null>) | undefined;
  /** Whether a call was left before its end, so that the loop must not be called again. */
  readonly isBusy: boolean;
}

/**
 * Checks a loop, and wraps it.
 *
 * @throws InputError for what is not a function
 */
export function blackBox(step: LoopStep, { reset, evaluate }: LoopFunctions, signal: LoopSignal | undefined): BlackBox {
  assertFunction('step', step, 'a function of a rate and a seed that trains one batch and returns its loss');
  assertFunction('reset', reset, 'a function of a seed that puts weights, optimizer and data order back');
  if (evaluate !== undefined)
    assertFunction('evaluate', evaluate, 'a function of a seed that returns the loss on rows that are not trained on');
  let busy = false;
  let steps = 0;
  const called = async <Answer>(answer: () => Answer | PromiseLike<Answer>): Promise<Answer> => {
    signal?.throwIfAborted();
    busy = true;
    const running = (async () => {
      try {
        return await answer();
      } finally {
        busy = false;
      }
    })();
    return unlessAborted(running, signal);
  };
  return {
    async step(rate, seed) {
      const loss = await called(() => step(rate, seed));
      steps += 1;
      return measuredLoss(loss, () => `step ${steps} (rate ${rateText(rate)}, seed ${seed})`, 'step');
    },
    async reset(seed) {
      steps = 0;
      await called(() => reset(seed));
    },
    evaluate:
      evaluate && (async (seed) => measuredLoss(await called(() => evaluate(seed)), () => `seed ${seed}`, 'evaluate')),
    get isBusy() {
      return busy;
    },
  };
}

function assertFunction(name: string, given: unknown, wanted: string): void {
  if (typeof given !== 'function') throw notAllowed(name, wanted, given);
}

/** @returns null for a loss that is not finite, or that float32 does not hold */
function measuredLoss(loss: unknown, at: () => string, name: string): number | null {
  if (typeof loss === 'number') return Math.abs(loss) <= MAX_FLOAT32 ? loss : null;
  const got = typeof loss === 'object' && loss !== null ? `an instance of ${nameOf(loss)}` : shownValue(loss);
  throw new InputError(`${name} must return a loss, a number or a promise of one; got ${got} at ${at()}`);
}

function nameOf(value: object): string {
  return value.constructor?.name || 'a class';
}

/** Rejects with the signal's reason as soon as it is aborted, whether or not the answer comes. */
async function unlessAborted<Answer>(answer: Promise<Answer>, signal: LoopSignal | undefined): Promise<Answer> {
  if (!signal) return answer;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      try {
        signal.throwIfAborted();
      } catch (reason) {
        reject(reason);
      }
    };
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
