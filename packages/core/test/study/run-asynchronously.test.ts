import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { type Random, seededRandom } from '../../src/random.js';
import type { JournalEntry } from '../../src/study/journal.js';
import { runTrials, type TrialPlan } from '../../src/study/run-trials.js';
import type { DrawnTrials } from '../../src/study/training-progress.js';
import type { Executor, TrialSpec } from '../../src/study/trial.js';
import { evaluationAt, fakeExecutor, runsOf, trialNamed } from './fake-executor.js';

/** Trials with these losses that are halved asynchronously, the journal of the run, and the executor. */
function planned(losses: Readonly<Record<string, number | undefined>>, epochs: number, other: Partial<TrialPlan> = {}) {
  const known = Object.entries(losses).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const fake = fakeExecutor(Object.fromEntries(known));
  const entries: JournalEntry[] = [];
  const seen: string[] = [];
  const plan: TrialPlan = {
    trials: Object.keys(losses).map((name) => trialNamed(name, epochs)),
    seeds: [0, 1],
    halving: 'asynchronous',
    executor: fake,
    completed: [],
    journal: {
      open: async () => [],
      add: async (entry) => {
        entries.push(JSON.parse(JSON.stringify(entry)));
      },
    },
    onEvaluation: (trial, seed, { step }) => seen.push(`${trial} ${seed} ${step}`),
    ...other,
  };
  return { plan, fake, entries, seen };
}

/** Runs several trainings at once, which end in an order that the stream decides. */
function shuffled(executor: Executor, concurrency: number, random: Random): Executor {
  return {
    concurrency,
    async run(spec, options) {
      const outcome = await executor.run(spec, options);
      for (let turns = Math.floor(random() * 40); turns > 0; turns--) await undefined;
      return outcome;
    },
  };
}

const textOf = (entry: JournalEntry) =>
  entry.kind === 'scheduled'
    ? `${entry.trial} to ${entry.untilStep}`
    : entry.kind === 'trained' && `${entry.trial} ${entry.seed} at ${entry.untilStep}`;

/** Eight trials, eight evaluations: decisions after two and four of them. */
const losses = { a: 5, b: 6, c: 3, d: 4, e: 8, f: 7, g: 1, h: 2 };

describe('one training at a time', () => {
  test('trains in the order of the decisions, which the journal has before the trainings', async () => {
    const { plan, fake, entries } = planned({ a: 5, b: 6, c: 3, d: undefined }, 2, { seeds: [0] });
    const { trainings, steps, seconds } = await runTrials(plan);
    // By hand: a is the better of a and b, then c is the best of three; d diverges.
    expect(runsOf(fake)).toEqual(['a 0 5–5', 'b 0 5–5', 'a 0 10–10', 'c 0 5–5', 'c 0 10–10', 'd 0 5–5']);
    expect(entries.map(textOf)).toEqual([
      ...['a to 5', 'a 0 at 5', 'b to 5', 'b 0 at 5', 'a to 10', 'a 0 at 10'],
      ...['c to 5', 'c 0 at 5', 'c to 10', 'c 0 at 10', 'd to 5', 'd 0 at 5'],
    ]);
    expect(trainings.map(([only]) => [only?.outcome, only?.evaluations.length])).toEqual([
      ['finished', 2],
      ['pruned', 1],
      ['finished', 2],
      ['diverged', 0],
    ]);
    expect([steps, seconds]).toEqual([10 + 5 + 10, 10 + 5 + 10]);
  });

  test('a trial comes to a rung with all its seeds, and is ranked by their mean', async () => {
    // With seed 0 alone b would be the better of a and b.
    const { plan, fake } = planned({ a: 1, b: 1.5, c: 9, d: 9.5 }, 2);
    const shifted: Executor = {
      run: async (spec, options) => {
        const outcome = await fake.run(spec, options);
        const shift = spec.trial === 'b' ? (spec.seed === 0 ? -1 : 4) : 0;
        const evaluations = outcome.training.evaluations.map(({ step, validation }) =>
          evaluationAt(step, (validation?.loss as number) + shift),
        );
        return { ...outcome, training: { ...outcome.training, evaluations } };
      },
    };
    await runTrials({ ...plan, executor: shifted });
    expect(runsOf(fake).slice(0, 6)).toEqual(['a 0 5–5', 'a 1 5–5', 'b 0 5–5', 'b 1 5–5', 'a 0 10–10', 'a 1 10–10']);
  });

  test('trains three trials as a whole', async () => {
    const { plan, fake } = planned({ a: 1, b: 2, c: 3 }, 2, { seeds: [0] });
    const { trainings } = await runTrials(plan);
    expect(runsOf(fake)).toEqual(['a 0 5–10', 'b 0 5–10', 'c 0 5–10']);
    expect(trainings.map(([only]) => only?.outcome)).toEqual(['finished', 'finished', 'finished']);
  });

  test('a training that a callback ended is not trained further, and keeps its loss where its trial is promoted', async () => {
    const { plan, fake } = planned(losses, 8, { seeds: [0] });
    const stopping: Executor = {
      run: async (spec, options) => {
        const outcome = await fake.run(spec, options);
        if (spec.trial !== 'g') return outcome;
        return { ...outcome, state: null, training: { ...outcome.training, outcome: 'stopped' } };
      },
    };
    const { trainings } = await runTrials({ ...plan, executor: stopping });
    expect(runsOf(fake).filter((text) => text.startsWith('g'))).toEqual(['g 0 5–10']);
    expect(trainings[6]?.map(({ outcome, evaluations }) => [outcome, evaluations.length])).toEqual([['stopped', 2]]);
  });

  test('refuses a single evaluation before any training', async () => {
    const { plan, fake } = planned(losses, 1);
    await expect(runTrials(plan)).rejects.toThrow(
      new InputError('halving needs at least 2 evaluations of each training, to drop trials before the last; got 1'),
    );
    expect(fake.specs).toEqual([]);
  });

  test('runs without a journal and a listener', async () => {
    const { plan } = planned(losses, 8);
    const { trainings } = await runTrials({ ...plan, journal: undefined, onEvaluation: undefined });
    expect(trainings).toHaveLength(8);
  });
});

describe('several trainings at once', () => {
  test.each([2, 3, 7, Number.POSITIVE_INFINITY])(
    '%f: from an equal journal comes an equal result, whatever runs it',
    async (concurrency) => {
      const outcomes = new Set<string>();
      for (let seed = 0; seed < 30; seed++) {
        const { plan, fake, entries } = planned(losses, 8);
        const expected = await runTrials({
          ...plan,
          executor: shuffled(fake, concurrency, seededRandom(seed, 'order')),
        });
        outcomes.add(JSON.stringify(entries.map(textOf)));
        const again = planned(losses, 8, { completed: entries });
        expect(await runTrials(again.plan)).toEqual(expected);
        expect(again.fake.specs).toEqual([]);
        expect(again.entries).toEqual([]);
      }
      // Without different orders of completion the above says nothing.
      expect(outcomes.size).toBeGreaterThan(5);
    },
  );

  test('no part is trained twice, each follows its decision in the journal, and each goes on from the one before', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = seededRandom(seed, 'parts');
      const names = Array.from({ length: 4 + Math.floor(random() * 20) }, (_, i) => `t${i}`);
      const drawn = Object.fromEntries(names.map((name) => [name, random() < 0.1 ? undefined : random()]));
      const { plan, fake, entries } = planned(drawn, 16);
      const { trainings } = await runTrials({
        ...plan,
        executor: shuffled(fake, 1 + Math.floor(random() * 6), random),
      });
      const runs = runsOf(fake);
      expect(new Set(runs).size).toBe(runs.length);
      const texts = entries.map(textOf);
      expect(new Set(texts).size).toBe(texts.length);
      for (const [i, entry] of entries.entries())
        if (entry.kind === 'trained') {
          const decided = texts.indexOf(`${entry.trial} to ${entry.untilStep}`);
          expect(decided).toBeGreaterThanOrEqual(0);
          expect(decided).toBeLessThan(i);
        }
      const ends = trainings.flat();
      expect(
        ends.filter(({ outcome }) => outcome === 'finished').every(({ evaluations }) => evaluations.length === 16),
      ).toBe(true);
      expect(ends.every(({ outcome, evaluations }) => outcome !== 'pruned' || evaluations.length < 16)).toBe(true);
      expect(
        fake.specs.every(
          ({ from, evaluateAt }) => (from?.training.evaluations.at(-1)?.step ?? 0) < (evaluateAt[0] as number),
        ),
      ).toBe(true);
    }
  });
});

describe('resuming', () => {
  test('one at a time, from any number of entries, gives the same outcome and runs only what is missing', async () => {
    const whole = planned(losses, 8);
    const expected = await runTrials(whole.plan);
    expect(whole.entries.length).toBeGreaterThan(30);
    for (let count = 0; count <= whole.entries.length; count++) {
      const completed = whole.entries.slice(0, count);
      const { plan, fake, entries, seen } = planned(losses, 8, { completed });
      expect(await runTrials(plan)).toEqual(expected);
      expect(entries).toEqual(whole.entries.slice(count));
      const trained = completed.filter(({ kind }) => kind === 'trained').length;
      expect(runsOf(fake)).toEqual(runsOf(whole.fake).slice(trained));
      expect(fake.specs).toEqual(whole.fake.specs.slice(trained));
      expect(seen).toEqual(whole.seen);
    }
  });

  test('several at once, after an abort at every training, goes on with the decisions that were made', async () => {
    for (let stop = 0; stop < 20; stop++) {
      const { plan, fake, entries } = planned(losses, 8);
      const abort = new AbortController();
      const begun: TrialSpec[] = [];
      const executor: Executor = {
        ...shuffled(fake, 3, seededRandom(stop, 'order')),
      };
      const { run } = executor;
      const reason = new Error('enough');
      const interrupted: Executor = {
        ...executor,
        run(spec, options) {
          begun.push(spec);
          if (begun.length > stop) abort.abort(reason);
          return run(spec, options);
        },
      };
      await expect(runTrials({ ...plan, executor: interrupted, signal: abort.signal })).rejects.toBe(reason);
      const later = planned(losses, 8, { completed: [...entries] });
      const order = seededRandom(stop, 'later');
      const resumed = await runTrials({ ...later.plan, executor: shuffled(later.fake, 3, order) });
      const journal = [...entries, ...later.entries];
      const texts = journal.map(textOf);
      expect(new Set(texts).size).toBe(texts.length);
      // What was recorded is not trained again.
      const trained = new Set(entries.map(textOf));
      for (const { trial, seed, evaluateAt } of later.fake.specs)
        expect(trained.has(`${trial} ${seed} at ${evaluateAt.at(-1)}`)).toBe(false);
      // The whole journal gives the same result without any training.
      const replayed = planned(losses, 8, { completed: journal });
      expect(await runTrials(replayed.plan)).toEqual(resumed);
      expect(replayed.fake.specs).toEqual([]);
    }
  });

  test('ignores suggestions', async () => {
    const whole = planned(losses, 8);
    const expected = await runTrials(whole.plan);
    const suggestion = { learningRate: 0.1, low: 0.01, high: 1, verdict: 'sure' } as const;
    const { plan, fake } = planned(losses, 8, {
      completed: [{ kind: 'suggested', key: 'adam', suggestion }, ...whole.entries],
    });
    expect(await runTrials(plan)).toEqual(expected);
    expect(fake.specs).toEqual([]);
  });

  test.each<[string, (entries: JournalEntry[]) => JournalEntry[], string]>([
    ['without a decision', (entries) => entries.slice(1), '"a" until step 10'],
    [
      'with a decision for another trial',
      ([, ...others]) => [{ kind: 'scheduled', trial: 'b', untilStep: 10 }, ...others],
      '"b" until step 10',
    ],
    [
      'with a decision for another rung',
      ([, ...others]) => [{ kind: 'scheduled', trial: 'a', untilStep: 20 }, ...others],
      '"a" until step 20',
    ],
    [
      'with a training twice',
      ([first, second, ...others]) => [first, second, second, ...others] as JournalEntry[],
      '"a" until step 10',
    ],
    ['of another order', (entries) => entries.toReversed(), '"h" until step 40'],
  ])('refuses a journal %s', async (_, change, where) => {
    const whole = planned(losses, 8);
    await runTrials(whole.plan);
    const { plan, fake } = planned(losses, 8, { completed: change(whole.entries) });
    const thrown = await runTrials(plan).catch((error) => error);
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(
      `the journal's entry of trial ${where} must follow from the entries before it; it is damaged: delete the journal to start again`,
    );
    expect(fake.specs).toEqual([]);
  });
});

describe('an error', () => {
  test('of a training ends the run once the others have ended', async () => {
    const { plan, fake } = planned(losses, 8);
    const error = new Error('out of memory');
    let [running, most] = [0, 0];
    const failing: Executor = {
      concurrency: 3,
      async run(spec, options) {
        running += 1;
        most = Math.max(most, running);
        try {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (spec.trial === 'c') throw error;
          return await fake.run(spec, options);
        } finally {
          running -= 1;
        }
      },
    };
    await expect(runTrials({ ...plan, executor: failing })).rejects.toBe(error);
    expect([running, most]).toEqual([0, 3]);
  });

  test.each([1, 2, 9, 30])('of the journal at entry %i ends the run', async (at) => {
    const { plan } = planned(losses, 8);
    const error = new Error('no space left');
    let added = 0;
    const journal = {
      open: async () => [],
      add: async () => {
        added += 1;
        if (added === at) throw error;
      },
    };
    await expect(runTrials({ ...plan, journal })).rejects.toBe(error);
    expect(added).toBe(at);
  });
});

describe('trials that are drawn by how the earlier ones did', () => {
  /** Trial n is called `n: ranked before it`, and its loss is `losses[n]`. */
  const drawing = (values: readonly number[], other: Partial<TrialPlan> = {}) => {
    const names: string[] = [];
    const lossOf = new Proxy({} as Record<string, number>, {
      get: (_, name) => values[Number(String(name).split(':')[0])],
    });
    const base = planned({}, 4, { seeds: [0], halving: false, ...other });
    const fake = fakeExecutor(lossOf);
    const trials: DrawnTrials = {
      count: values.length,
      evaluations: 4,
      draw(ranked) {
        names.push(`${names.length}: ${ranked.join(' ')}`);
        return trialNamed(names.at(-1) as string, 4);
      },
    };
    return { ...base, fake, names, plan: { ...base.plan, executor: other.executor ?? fake, trials } };
  };

  test.each([1, 3])('what is wrong with a draw ends the run, with %i at once', async (concurrency) => {
    const { plan, fake } = drawing([3, 1, 2, 0, 4, 5, 6, 7]);
    const { draw, ...others } = plan.trials as DrawnTrials;
    let drawn = 0;
    const failing = (ranked: readonly number[]) => {
      drawn += 1;
      if (drawn === 6) throw new InputError('there is none left');
      return draw(ranked);
    };
    const executor = { concurrency, run: fake.run };
    const run = runTrials({ ...plan, executor, trials: { ...others, draw: failing } });
    await expect(run).rejects.toThrow('there is none left');
    // One at a time: those that were drawn before are trained.
    if (concurrency === 1) expect(runsOf(fake)).toHaveLength(5);
  });

  test('one at a time, each knows all before it, best first', async () => {
    const { plan, names, fake } = drawing([3, 1, 2, 0]);
    const { trainings } = await runTrials(plan);
    expect(names).toEqual(['0: ', '1: 0', '2: 1 0', '3: 1 2 0']);
    expect(runsOf(fake)).toEqual(names.map((name) => `${name} 0 5–20`));
    expect(trainings.map(([only]) => only?.outcome)).toEqual(Array(4).fill('finished'));
  });

  test('with halving, those that came further are ranked first, and those that diverged last', async () => {
    // By hand: after 0 (9) and 1 (8), 1 is promoted and finishes; 2 diverges; 3 (1) is the best of four and is promoted.
    const { plan, names } = drawing([9, 8, Number.NaN, 1, 0], { halving: 'asynchronous' });
    const { run } = plan.executor;
    const diverging: Executor = {
      run: async (spec, options) => {
        const outcome = await run(spec, options);
        if (!spec.trial.startsWith('2')) return outcome;
        return { ...outcome, state: null, training: { ...outcome.training, outcome: 'diverged', divergedAt: 3 } };
      },
    };
    await runTrials({ ...plan, executor: diverging });
    expect(names).toEqual(['0: ', '1: 0', '2: 1 0', '3: 1 0 2', '4: 3 1 0 2']);
  });

  test('a resumed run draws the same from the same journal, cut anywhere', async () => {
    const values = [5, 3, 8, 1, 9, 2, 7, 4];
    for (const halving of [false, 'asynchronous'] as const) {
      const whole = drawing(values, { halving });
      const expected = await runTrials(whole.plan);
      for (let count = 0; count <= whole.entries.length; count++) {
        const { plan, names, entries } = drawing(values, { halving, completed: whole.entries.slice(0, count) });
        expect(await runTrials(plan)).toEqual(expected);
        expect(names).toEqual(whole.names);
        expect([...whole.entries.slice(0, count), ...entries]).toEqual(whole.entries);
      }
    }
  });

  test('an executor that takes any number gets a quarter of them at a time, so that the others can be drawn', async () => {
    const values = Array.from({ length: 12 }, (_, i) => i);
    const { plan, names, fake } = drawing(values);
    let [running, most] = [0, 0];
    const counting: Executor = {
      concurrency: Number.POSITIVE_INFINITY,
      async run(spec, options) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running -= 1;
        return fake.run(spec, options);
      },
    };
    await runTrials({ ...plan, executor: counting });
    expect(most).toBe(3);
    expect(names.slice(0, 3)).toEqual(['0: ', '1: ', '2: ']);
    expect(names.at(-1)?.split(' ').length).toBeGreaterThanOrEqual(9);
  });

  test('cannot be halved synchronously', async () => {
    const { plan } = drawing([1, 2], { halving: true });
    await expect(runTrials(plan)).rejects.toThrow(
      new InputError(
        'halving must be asynchronous or false where trials are drawn by how the earlier ones did; got true',
      ),
    );
  });
});
