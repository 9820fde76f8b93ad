import { type Rung, rungs, rank, type Journal, type JournalEntry } from '@lrfind/core/study';
import type { Training, Evaluation } from '@lrfind/core/results';
import type { StepState } from '../engine/training-step.js';
import type { LentModel } from './compared-model.js';
import type { Contender } from './contender.js';
import { evaluateRows } from '../engine/evaluate.js';
import { runTraining } from '../engine/training-loop.js';

/** The trainings of a comparison: who, how often, and whether all go to the end. */
export interface Race {
  readonly contenders: readonly Contender[];
  readonly seeds: readonly number[];
  readonly halving: boolean;
  readonly lent: (contender: Contender) => LentModel;
  /** What was noted earlier. */
  readonly noted: readonly JournalEntry[];
  readonly journal: Journal | undefined;
  readonly onPoint: (contender: Contender, seed: number, point: Evaluation) => void;
  readonly signal: AbortSignal | undefined;
}

/** Where one training stands. */
interface Standing {
  readonly seed: number;
  training: Training;
  seconds: number;
  /** With what it goes on; null before the first step and after the last. */
  state: StepState | null;
}

/** What a race came to. */
export interface Finish {
  /** For each contender its trainings, one a seed. */
  readonly trainings: ReadonlyMap<Contender, Training[]>;
  /** Training steps that were taken, also in an earlier part of the race. */
  readonly steps: number;
  readonly seconds: number;
}

/**
 * Trains all contenders with all seeds, one after the other; with halving in parts, after each of which the worse half is given up.
 * What a training is, depends on nothing that ran before it.
 */
export async function race(setup: Race): Promise<Finish> {
  const { contenders, seeds } = setup;
  const field = new Map(contenders.map((contender) => [contender, seeds.map(begin)]));
  let left: readonly Contender[] = contenders;
  const looks = contenders[0]?.points.length ?? 0;
  const halvings: Rung[] = setup.halving ? rungs(contenders.length, looks) : [];
  for (const { points, survivors } of [...halvings, { points: looks, survivors: left.length }]) {
    for (const contender of left) {
      for (const standing of field.get(contender) as Standing[]) await advance(setup, contender, standing, points);
    }
    if (points < looks) left = better(left, field, survivors);
  }
  const all = [...field.values()].flat();
  return {
    trainings: new Map(
      [...field].map(([contender, standings]) => [contender, standings.map(({ training }) => training)]),
    ),
    steps: all.reduce((sum, { training }) => sum + (training.divergedAt ?? training.points.at(-1)?.step ?? 0), 0),
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function begin(seed: number): Standing {
  return {
    seed,
    training: { seed, start: null, points: [], outcome: 'finished', divergedAt: null },
    seconds: 0,
    state: null,
  };
}

/** Trains on until so many points are measured, or takes over what was noted of that. */
async function advance(setup: Race, contender: Contender, standing: Standing, until: number): Promise<void> {
  const { noted, journal, onPoint, signal } = setup;
  const { name, compared, optimizer, batchSize, schedule, points } = contender;
  const { seed, training: before } = standing;
  if (before.outcome !== 'finished') return;
  const end = points[until - 1] as number;
  const entry = noted.find(
    (each) => each.kind === 'trained' && each.run === name && each.seed === seed && each.until === end,
  );
  if (entry?.kind === 'trained') {
    Object.assign(standing, { training: entry.training, seconds: entry.seconds, state: entry.state });
    for (const point of entry.training.points.slice(before.points.length)) onPoint(contender, seed, point);
    return;
  }
  // A training that diverges at once would not look.
  signal?.throwIfAborted();
  const lent = setup.lent(contender);
  const { rows, metrics } = compared;
  const names = metrics.map((metric) => metric.name);
  const clock = performance.now();
  const step = lent.stepWith(optimizer, {
    schedulesMomentum: schedule.momentum !== undefined && optimizer.rule.momentum !== undefined,
    steps: setup.contenders.length * setup.seeds.length * (points.at(-1) as number),
  });
  let { start } = before;
  if (standing.state) step.restore(standing.state);
  else {
    await lent.start(seed);
    step.reset(seed);
    start = await evaluateRows(step, rows.heldOut, names);
  }
  const done = before.points.length;
  const trained = await runTraining({
    step,
    seed,
    rows: rows.train,
    heldOut: rows.heldOut,
    batchSize,
    from: before.points.at(-1)?.step ?? 0,
    points: points.slice(done, until),
    metrics: names,
    rateAt: (at) => ({ rate: schedule(at), momentum: schedule.momentum?.(at) }),
    onPoint: (point) => onPoint(contender, seed, point),
    signal,
  });
  standing.training = {
    seed,
    start,
    points: [
      ...before.points,
      ...trained.points.map((point) => ({ ...point, seconds: point.seconds + standing.seconds })),
    ],
    outcome: trained.outcome,
    divergedAt: trained.divergedAt,
  };
  standing.state = until < points.length && trained.outcome === 'finished' ? await step.save() : null;
  standing.seconds += (performance.now() - clock) / 1000;
  const { training, seconds, state } = standing;
  await journal?.add({ kind: 'trained', run: name, seed, until: end, training, seconds, state });
}

/** Those that go on; the trainings of the others end as pruned, unless they had diverged. */
function better(left: readonly Contender[], field: ReadonlyMap<Contender, Standing[]>, survivors: number): Contender[] {
  const ranking = rank(
    left.map((contender) => ({
      name: contender.name,
      trainings: (field.get(contender) as Standing[]).map(({ training }) => training),
    })),
  );
  const going = new Set(ranking.slice(0, survivors).map(({ name }) => name));
  for (const contender of left.filter(({ name }) => !going.has(name))) {
    for (const standing of field.get(contender) as Standing[]) {
      standing.state = null;
      if (standing.training.outcome === 'finished') standing.training = { ...standing.training, outcome: 'pruned' };
    }
  }
  return left.filter(({ name }) => going.has(name));
}
