import { seededRandom } from '@lrfind/core';
import type { Executor, TrialOutcome } from '@lrfind/core/study';
import type { SplitDataset } from '@lrfind/data';
import type { Session } from '../engine/session.js';
import { type TrainJob, taskRows } from '../engine/workers/worker-tasks.js';
import { type InProcessTrials, inProcessExecutor, inProcessTrials } from './in-process.js';
import type { RatedTrial } from './plan-trials.js';

/** How rows are held out by seed. */
export interface SeedOptions {
  /** The first seed. */
  readonly seed: number;
  /** How many there are. */
  readonly seeds: number;
  /** About how many steps all trials will take: most of them never run, and a program for more calls takes longer to compile. */
  readonly calls: number;
}

/**
 * Trials of which each seed holds out rows of its own, so that a loss is measured on as many rows as there are seeds: few held-out
 * rows favour a rate by chance, and with all seeds on the same rows that chance is the same for all. The rates of one seed have the
 * same rows, so they still compare. Where rows to validate on are given, or the last are held out, all seeds have these.
 */
export function trialsBySeed(
  rated: readonly Omit<RatedTrial, 'session'>[],
  session: Session,
  options: SeedOptions,
): Omit<InProcessTrials, 'sharing'> {
  const views = viewsBySeed(session, options);
  const all = views.flatMap((view) => rated.map((each) => ({ ...each, session: view })));
  const { trials, executor, sessionOf } = inProcessTrials(all, Math.ceil(options.seeds / views.length));
  return {
    trials: trials.slice(0, rated.length),
    sessionOf,
    executor: {
      run(given, heard) {
        const { model, data } = trials[((given.seed - options.seed) % views.length) * rated.length] ?? given;
        const spec = { ...given, model, data };
        const signal = heard.signal as AbortSignal | undefined;
        const task: TrainJob = { kind: 'train', session: session.number, rows: taskRows(session), spec, ...options };
        // A schedule or a callback of the caller's own is code, which only this thread has.
        const isPlain = !('ref' in spec.recipe.schedule) && !spec.recipe.callbacks;
        return session.lanes.run({
          session: session.number,
          here: () => executor.run(spec, heard),
          there: (worker) => worker.ask(task, heard.onEvaluation ?? (() => {}), signal) as Promise<TrialOutcome>,
          isPlain,
          signal,
        });
      },
    },
  };
}

/** Runs the trials of `trialsBySeed` on a copy of their session. */
export function executorBySeed(session: Session, options: SeedOptions): Executor {
  const views = viewsBySeed(session, options);
  return inProcessExecutor(new Map(views.map((view, i) => [`model ${i}`, view])), new Map(), options.seeds);
}

/** The session as each seed sees it; a single one where all seeds have the same rows. */
function viewsBySeed(session: Session, { seed, seeds, calls }: SeedOptions): Session[] {
  let step: ReturnType<Session['step']> | undefined;
  return splitsBySeed(session, seeds, seed).map(
    (data): Session =>
      Object.create(session, {
        data: { value: data },
        // One for all, because no step depends on which rows are held out.
        step: {
          value: (optimizer: Parameters<Session['step']>[0], options: Parameters<Session['step']>[1]) => {
            step ??= session.step(optimizer, { ...options, calls });
            return step;
          },
        },
      }),
  );
}

/**
 * The rows that each seed trains on and holds out; a single split where rows to validate on are given, or the last are held out.
 *
 * @param count how many seeds there are
 * @param seed decides which rows
 */
export function splitsBySeed(session: Session, count: number, seed: number): SplitDataset[] {
  return session.holdsOutAtRandom ? splitsOf(session.data, count, seed) : [session.data];
}

/** Splits whose validation rows are disjoint as far as there are rows; the first is the split itself. */
function splitsOf(split: SplitDataset, count: number, seed: number): SplitDataset[] {
  const rows = [...split.train];
  const random = seededRandom(seed, 'held out by seed');
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j] as number, rows[i] as number];
  }
  const size = split.heldOut.length;
  // Validation rows that have had their turn come last, and again where there are too few others.
  const order = [...split.heldOut, ...rows];
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return split;
    const heldOut = Int32Array.from({ length: size }, (_row, k) => order[(i * size + k) % order.length] as number);
    const own = new Set(heldOut);
    return { ...split, heldOut: heldOut.sort(), train: Int32Array.from(order.filter((row) => !own.has(row))).sort() };
  });
}
