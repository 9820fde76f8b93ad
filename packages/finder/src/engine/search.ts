import { settled } from '@lrfind/core';
import type { Sweep, SweepStep } from '@lrfind/core/results';
import { analyse, type Conclusions, type SuggestionMethod, type SweepOptions, sweepRange } from '@lrfind/core/sweep';
import { checkBatchSize } from '@lrfind/data';
import type { RateGroup } from '../model/rate-groups.js';
import { optimizerConfig, type ResolvedOptimizer } from '../optimizers/registry.js';
import { ENOUGH_MS, TRACED, WARM_UP } from './pace.js';
import type { Session } from './session.js';
import { type SweepTask, sweeper } from './sweeper.js';
import type { Check } from './workers/lanes.js';
import { sameValues } from './workers/same-values.js';
import { type SweepJob, taskRows } from './workers/worker-tasks.js';

/** A step of a sweep, and how far the sweeps over these rates are. */
export interface SearchStep extends SweepStep {
  /** Seed of the sweep. */
  readonly seed: number;
  /** Number of the sweep, from 0, and how many there are. */
  readonly repeat: number;
  readonly repeats: number;
  /** Steps of a sweep, at most; another number once the range has moved, which begins with the first sweep again. */
  readonly steps: number;
}

/** How to search. */
export interface SearchOptions {
  readonly settings: SweepOptions;
  /** Methods of suggestion; the first gives the answer. */
  readonly methods: readonly SuggestionMethod[];
  /** The group whose weights alone are updated, at the rates themselves. Default: all weights, at the rates of their groups. */
  readonly group?: RateGroup | undefined;
  /** Validation rows on which the loss is measured too; `undefined` for none. */
  readonly heldOut?: Int32Array | undefined;
  readonly onStep?: ((step: SearchStep) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called early in the first sweep, when the pace is known: adds workers to the session's lanes where that pays.
   *
   * @param pace milliseconds a step
   * @param checking prepares the check of a worker
   */
  readonly onPace?: ((pace: number, checking: () => Promise<Check>) => Promise<void> | void) | undefined;
}

/** The pace is taken between these steps of the first sweep, or earlier where steps are slow. */
const PACED_STEPS = [16, 32] as const;

/** What was measured, and what follows from it. */
export interface SearchOutcome {
  readonly sweeps: Sweep[];
  /** Training steps of all sweeps, those in ranges that were left too. */
  readonly steps: number;
  /** How the range moved, in a sentence; empty where it did not. */
  readonly notes: readonly string[];
  /** Time that the sweeps took, with the upload of the dataset and without the analysis. */
  readonly seconds: number;
  readonly conclusions: Conclusions;
}

/**
 * Sweeps over the rates with several seeds, and draws the conclusions. Only the training rows of the session are trained
 * on. With the range `auto`, sweeps with the first seed look for a range that shows the descent and the divergence; the
 * other seeds follow there, and the range moves on if all of them together do not show both.
 *
 * @throws InputError when the training rows do not fill a batch; the signal's reason when it is aborted
 */
export async function search(
  session: Session,
  optimizer: ResolvedOptimizer,
  { settings, methods, group, heldOut, onStep, signal, onPace }: SearchOptions,
): Promise<SearchOutcome> {
  const { train } = session.data;
  const { repeats, batchSize } = settings;
  checkBatchSize(train.length, batchSize);
  const clock = performance.now();
  const stopping = new AbortController();
  const ending = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;
  const common = { batchSize, calls: settings.steps * repeats, heldOut };
  const own = sweeper(session, optimizer, { ...common, group });
  const taskFor = (sweep: SweepTask, reportsState = false): SweepJob => ({
    ...{ kind: 'sweep', session: session.number, rows: taskRows(session), optimizer: optimizerConfig(optimizer) },
    ...{ group: group?.name ?? null, ...common, sweep, reportsState },
  });
  /** Milliseconds a step in this thread while no worker computes. */
  let alone: number | undefined;
  /** What is done while a sweep's losses are read: takes the pace once. */
  const pacing = (sweep: SweepTask): ((steps: number) => Promise<void>) => {
    const [from, to] = PACED_STEPS;
    const { length } = sweep.rates;
    // Workers that are asked for by number start whatever the pace.
    const isAuto = session.lanes.wanted === 'auto';
    /** When losses were read first after the warm-up, and when last before the pace is taken. */
    let first: { readonly steps: number; readonly at: number } | undefined;
    let since = first;
    let isPaced = false;
    return async (steps) => {
      if (isPaced || steps < Math.min(isAuto ? WARM_UP : TRACED, length)) return;
      const now = performance.now();
      first ??= { steps, at: now };
      if (steps <= from || !since) since = { steps, at: now };
      const isSlow = now - first.at >= ENOUGH_MS;
      if (isAuto && !isSlow && steps < Math.min(to, length)) return;
      isPaced = true;
      const begun = isSlow ? first : since;
      const pace = (now - begun.at) / Math.max(1, steps - begun.steps);
      if (session.lanes.isAlone) alone = pace;
      await onPace?.(pace, async () => {
        const state = (await own.step.save()).values;
        const task = taskFor({ ...sweep, rates: sweep.rates.slice(0, steps) }, true);
        return async (worker) => sameValues(state, (await worker.ask(task, () => {}, signal)) as Float32Array[]);
      });
    };
  };
  const sweepOver = (rates: readonly number[], repeat: number, onPoint: (point: SweepStep) => void): Promise<Sweep> => {
    const sweep = { seed: settings.seed + repeat, rates };
    const paced = onPace && repeat === 0 && session.lanes.isOpen;
    return session.lanes.run({
      session: session.number,
      here: () => own.sweep(sweep, { onPoint, onRead: paced ? pacing(sweep) : undefined, signal: ending }),
      there: (worker) => worker.ask(taskFor(sweep), onPoint, ending) as Promise<Sweep>,
      speed: ({ points }, milliseconds) => (alone ? (alone * points.length) / milliseconds : undefined),
      signal: ending,
    });
  };
  /** Sweeps with some of the seeds, in any order; what they measure is reported in the order of the seeds. */
  const sweepAll = async (rates: readonly number[], first: number, end: number): Promise<Sweep[]> => {
    const report = (point: SweepStep, repeat: number) => {
      try {
        onStep?.({ ...point, seed: settings.seed + repeat, repeat, repeats, steps: rates.length });
      } catch (error) {
        // Ends the other sweeps too, and is thrown once they have ended.
        stopping.abort(error);
        throw error;
      }
    };
    const waiting = new Map<number, SweepStep[]>();
    let reported = first;
    const sweeps: Promise<Sweep>[] = [];
    for (let repeat = first; repeat < end; repeat++) {
      const early: SweepStep[] = [];
      waiting.set(repeat, early);
      let next = 0;
      const onPoint = (point: SweepStep) => {
        // A worker that failed has reported the first ones already.
        if (point.step < next) return;
        next = point.step + 1;
        if (repeat === reported) report(point, repeat);
        else early.push(point);
      };
      sweeps.push(sweepOver(rates, repeat, onPoint));
    }
    const done = settled(sweeps);
    for (const [i, sweep] of sweeps.entries()) {
      // `settled` hears of what fails.
      const failed = await sweep.then(
        () => false,
        () => true,
      );
      if (failed) break;
      reported = first + i + 1;
      try {
        for (const point of waiting.get(reported) ?? []) report(point, reported);
      } catch {
        break;
      }
      waiting.delete(reported);
    }
    const sweptAll = await done;
    stopping.signal.throwIfAborted();
    return sweptAll;
  };
  try {
    const { rates, sweeps, steps, notes } = await sweepRange(settings, sweepAll);
    const seconds = (performance.now() - clock) / 1000;
    const swept = { averaging: optimizer.rule.usesMovingAverage, usualRate: optimizer.kind.usualRate };
    const conclusions = analyse(rates, sweeps, methods, swept);
    return { sweeps, steps, notes, seconds, conclusions };
  } finally {
    own.dispose();
  }
}
