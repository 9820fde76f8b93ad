import { seededRandom } from '@lrfind/core';
import type { SplitDataset } from '@lrfind/data';
import type { Session } from '../engine/session.js';
import { type InProcessTrials, inProcessTrials } from './in-process.js';
import type { RatedTrial } from './plan-trials.js';

/**
 * Trials of which each seed holds out rows of its own, so that a loss is measured on as many rows as there are seeds: few held-out
 * rows favour a rate by chance, and with all seeds on the same rows that chance is the same for all. The rates of one seed have the
 * same rows, so they still compare. Where rows to validate on are given, or the last are held out, all seeds have these.
 *
 * @param seed the first one
 * @param seeds how many there are
 * @param calls about how many steps all trials will take: most of them never run, and a program for more calls takes longer to compile
 */
export function trialsBySeed(
  rated: readonly Omit<RatedTrial, 'session'>[],
  session: Session,
  { seed, seeds, calls }: { readonly seed: number; readonly seeds: number; readonly calls: number },
): InProcessTrials {
  const splits = splitsBySeed(session, seeds, seed);
  let step: ReturnType<Session['step']> | undefined;
  const views = splits.map(
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
  const all = views.flatMap((view) => rated.map((each) => ({ ...each, session: view })));
  const { trials, executor } = inProcessTrials(all, Math.ceil(seeds / views.length));
  return {
    trials: trials.slice(0, rated.length),
    executor: {
      run(spec, heard) {
        const { model, data } = trials[((spec.seed - seed) % views.length) * rated.length] ?? spec;
        return executor.run({ ...spec, model, data }, heard);
      },
    },
  };
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
