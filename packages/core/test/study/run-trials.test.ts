import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { JournalEntry } from '../../src/study/journal.js';
import { runTrials, type TrialPlan } from '../../src/study/run-trials.js';
import { type Executor, TrialFailure, type TrialOutcome, type TrialSpec } from '../../src/study/trial.js';
import { evaluationAt, type Fake, fakeExecutor, runsOf, trialNamed } from './fake-executor.js';

/** A plan for trials with these losses, and what the run records. */
function planned(losses: Readonly<Record<string, number | undefined>>, epochs: number, other: Partial<TrialPlan> = {}) {
  const known = Object.entries(losses).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const executor = fakeExecutor(Object.fromEntries(known));
  const entries: JournalEntry[] = [];
  const seen: string[] = [];
  const plan: TrialPlan = {
    trials: Object.keys(losses).map((name) => trialNamed(name, epochs)),
    seeds: [0, 1],
    halving: false,
    executor,
    completed: [],
    journal: {
      open: async () => [],
      add: async (entry) => {
        entries.push(structuredClone(entry));
      },
    },
    onEvaluation: (trial, seed, { step }) => seen.push(`${trial} ${seed} ${step}`),
    ...other,
  };
  return { plan, executor, entries, seen };
}

describe('without halving', () => {
  test('trains every trial with every seed, one after the other, each as a whole', async () => {
    const { plan, executor, entries, seen } = planned({ a: 1, b: 2 }, 2);
    const { trainings, steps, seconds } = await runTrials(plan);
    expect(runsOf(executor)).toEqual(['a 0 5–10', 'a 1 5–10', 'b 0 5–10', 'b 1 5–10']);
    expect(executor.specs[0]).toEqual({ ...trialNamed('a', 2), seed: 0, length: 10, from: null });
    expect(trainings.map((each) => each.map(({ seed, outcome }) => [seed, outcome]))).toEqual([
      [
        [0, 'finished'],
        [1, 'finished'],
      ],
      [
        [0, 'finished'],
        [1, 'finished'],
      ],
    ]);
    expect(trainings[1]?.[1]?.evaluations.map(({ step }) => step)).toEqual([5, 10]);
    expect([steps, seconds]).toEqual([40, 40]);
    expect(seen).toEqual(['a 0 5', 'a 0 10', 'a 1 5', 'a 1 10', 'b 0 5', 'b 0 10', 'b 1 5', 'b 1 10']);
    expect(
      entries.map((entry) => entry.kind === 'trained' && `${entry.trial} ${entry.seed} ${entry.untilStep}`),
    ).toEqual(['a 0 10', 'a 1 10', 'b 0 10', 'b 1 10']);
  });

  test('gives the executor nothing but JSON', async () => {
    const { plan, executor } = planned({ a: 1 }, 2);
    await runTrials(plan);
    expect(JSON.parse(JSON.stringify(executor.specs))).toEqual(executor.specs);
  });

  test('records an entry before the next training starts', async () => {
    const order: string[] = [];
    const { plan, executor } = planned({ a: 1, b: 2 }, 1, { seeds: [0] });
    await runTrials({
      ...plan,
      executor: {
        run: (spec, options) => {
          order.push(`run ${spec.trial}`);
          return executor.run(spec, options);
        },
      },
      journal: {
        open: async () => [],
        add: async (entry) => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (entry.kind === 'trained') order.push(`stored ${entry.trial}`);
        },
      },
    });
    expect(order).toEqual(['run a', 'stored a', 'run b', 'stored b']);
  });

  test('runs without a journal, a listener and a signal', async () => {
    const { plan } = planned({ a: 1 }, 1);
    const { trainings } = await runTrials({ ...plan, journal: undefined, onEvaluation: undefined });
    expect(trainings).toHaveLength(1);
  });

  test('counts the steps of a diverged training up to its divergence', async () => {
    const { plan } = planned({ a: 1, lost: undefined }, 2);
    const { trainings, steps } = await runTrials(plan);
    expect(trainings[1]?.map(({ outcome, divergedAt }) => [outcome, divergedAt])).toEqual([
      ['diverged', 0],
      ['diverged', 0],
    ]);
    expect(steps).toBe(20);
  });
});

describe('with halving', () => {
  // Five trials and four evaluations: five become three after one evaluation, and two after two.
  const losses = { e: 5, a: 1, d: 4, b: 2, c: 3 };

  test('trains in parts, drops the worse half after each, and resumes the others where they paused', async () => {
    const { plan, executor } = planned(losses, 4, { halving: true, seeds: [0] });
    await runTrials(plan);
    expect(runsOf(executor)).toEqual([
      ...['e 0 5–5', 'a 0 5–5', 'd 0 5–5', 'b 0 5–5', 'c 0 5–5'],
      ...['a 0 10–10', 'b 0 10–10', 'c 0 10–10'],
      ...['a 0 15–20', 'b 0 15–20'],
    ]);
    expect(executor.specs.every(({ length }) => length === 20)).toBe(true);
    const resumed = executor.specs.at(-2);
    expect(resumed?.from?.state).toEqual({ seed: 0, steps: 10, lastRate: 0.1, values: ['a/0/10'] });
    expect(resumed?.from?.training.evaluations.map(({ step }) => step)).toEqual([5, 10]);
    expect(resumed?.from?.seconds).toBe(10);
  });

  test('the trainings of dropped trials end as pruned, in the order of the trials', async () => {
    const { plan } = planned(losses, 4, { halving: true });
    const { trainings, steps, seconds } = await runTrials(plan);
    expect(trainings.map((each) => each.map(({ outcome, evaluations }) => [outcome, evaluations.length]))).toEqual([
      Array(2).fill(['pruned', 1]),
      Array(2).fill(['finished', 4]),
      Array(2).fill(['pruned', 1]),
      Array(2).fill(['finished', 4]),
      Array(2).fill(['pruned', 2]),
    ]);
    expect([steps, seconds]).toEqual([2 * (5 + 20 + 5 + 20 + 10), 2 * (5 + 20 + 5 + 20 + 10)]);
  });

  test('a trial is ranked by the mean over its seeds', async () => {
    // With seed 0 alone b would be worse than c.
    const { plan } = planned({ a: 1, b: 2, c: 3 }, 2, { halving: true });
    const { executor } = plan;
    const shifted: Executor = {
      run: async (spec, options) => {
        const outcome = await executor.run(spec, options);
        const shift = spec.trial === 'b' ? (spec.seed === 0 ? 5 : -5) : 0;
        const evaluations = outcome.training.evaluations.map(({ step, validation }) =>
          evaluationAt(step, (validation?.loss as number) + shift),
        );
        return { ...outcome, training: { ...outcome.training, evaluations } };
      },
    };
    const { trainings } = await runTrials({ ...plan, executor: shifted });
    expect(trainings.map(([first]) => first?.outcome)).toEqual(['finished', 'finished', 'pruned']);
  });

  test('a diverged training is not resumed and stays diverged, even if its trial survives', async () => {
    const { plan, executor } = planned({ a: 1, b: undefined, c: undefined }, 2, { halving: true, seeds: [0] });
    const { trainings } = await runTrials(plan);
    expect(runsOf(executor)).toEqual(['a 0 5–5', 'b 0 5–5', 'c 0 5–5', 'a 0 10–10']);
    expect(trainings.map(([only]) => only?.outcome)).toEqual(['finished', 'diverged', 'diverged']);
  });

  test('trains one or two trials as a whole', async () => {
    const { plan, executor } = planned({ a: 1, b: 2 }, 2, { halving: true, seeds: [0] });
    await runTrials(plan);
    expect(runsOf(executor)).toEqual(['a 0 5–10', 'b 0 5–10']);
  });

  test('refuses a single evaluation before any training', async () => {
    const { plan, executor } = planned(losses, 1, { halving: true });
    await expect(runTrials(plan)).rejects.toThrow(
      new InputError('halving needs at least 2 evaluations of each training, to drop trials before the last; got 1'),
    );
    expect(executor.specs).toEqual([]);
  });
});

describe('resuming', () => {
  const losses = { e: 5, a: 1, d: 4, b: 2, c: 3 };

  test('from any number of entries gives the same outcome, and runs only what is missing', async () => {
    const whole = planned(losses, 4, { halving: true });
    const expected = await runTrials(whole.plan);
    for (let count = 0; count <= whole.entries.length; count++) {
      const completed: JournalEntry[] = JSON.parse(JSON.stringify(whole.entries.slice(0, count)));
      const { plan, executor, entries, seen } = planned(losses, 4, { halving: true, completed });
      expect(await runTrials(plan)).toEqual(expected);
      expect(runsOf(executor)).toEqual(runsOf(whole.executor).slice(count));
      expect(executor.specs).toEqual(whole.executor.specs.slice(count));
      expect(entries).toEqual(whole.entries.slice(count));
      expect(seen).toEqual(whole.seen);
    }
  });

  test('does not depend on the order of the entries, and ignores suggestions', async () => {
    const whole = planned(losses, 4, { halving: true });
    const expected = await runTrials(whole.plan);
    const suggested: JournalEntry = {
      kind: 'suggested',
      key: 'adam',
      suggestion: { learningRate: 0.1, low: 0.01, high: 1, verdict: 'sure' },
    };
    const { plan, executor } = planned(losses, 4, {
      halving: true,
      completed: [suggested, ...whole.entries.toReversed()],
    });
    expect(await runTrials(plan)).toEqual(expected);
    expect(executor.specs).toEqual([]);
  });

  test('takes an entry only for its own trial, seed and checkpoint', async () => {
    const { plan, executor } = planned({ a: 1 }, 2, { seeds: [0] });
    const { training } = (await executor.run({ ...trialNamed('a', 2), seed: 0, length: 10, from: null }, {})) ?? {};
    executor.specs.length = 0;
    const entry = { kind: 'trained', trial: 'a', seed: 0, untilStep: 10, training, seconds: 1, state: null } as const;
    await runTrials({
      ...plan,
      completed: [
        { ...entry, trial: 'b' },
        { ...entry, seed: 1 },
        { ...entry, untilStep: 5 },
      ],
    });
    expect(runsOf(executor)).toEqual(['a 0 5–10']);
  });
});

describe('an abort', () => {
  test('before the first training runs nothing and rejects with its reason', async () => {
    const reason = new Error('enough');
    const { plan, executor } = planned({ a: 1 }, 2, { signal: AbortSignal.abort(reason) });
    await expect(runTrials(plan)).rejects.toBe(reason);
    expect(executor.specs).toEqual([]);
  });

  test('within a training leaves that training out of the journal', async () => {
    const control = new AbortController();
    const { plan, entries } = planned({ a: 1, b: 2 }, 2, { signal: control.signal });
    const onEvaluation = (trial: string, seed: number) => {
      if (trial === 'a' && seed === 1) control.abort();
    };
    await expect(runTrials({ ...plan, onEvaluation })).rejects.toMatchObject({ name: 'AbortError' });
    expect(entries.map((entry) => entry.kind === 'trained' && [entry.trial, entry.seed])).toEqual([['a', 0]]);
  });

  test('is noticed between trainings that diverge immediately, which the executor does not check', async () => {
    const control = new AbortController();
    const { plan, executor } = planned({ a: undefined, b: undefined }, 2, { signal: control.signal });
    const run: Executor['run'] = (spec, options) => {
      control.abort();
      return executor.run(spec, options);
    };
    await expect(runTrials({ ...plan, executor: { run } })).rejects.toMatchObject({ name: 'AbortError' });
    expect(executor.specs).toHaveLength(1);
  });

  test('does not stop the replay of completed entries, only the first new training', async () => {
    const whole = planned({ a: 1, b: 2 }, 2);
    await runTrials(whole.plan);
    const { plan, seen, executor } = planned({ a: 1, b: 2 }, 2, {
      completed: whole.entries.slice(0, 2),
      signal: AbortSignal.abort(),
    });
    await expect(runTrials(plan)).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual(whole.seen.slice(0, 4));
    expect(executor.specs).toEqual([]);
  });
});

/** An executor that runs trainings at once, each of whose evaluations takes as many milliseconds as `delayOf` says. */
function atOnce(fake: Fake, concurrency: number, delayOf: (trial: string, seed: number) => number) {
  let most = 0;
  let running = 0;
  const specs: TrialSpec[] = [];
  const executor: Executor = {
    concurrency,
    async run(spec, options) {
      running += 1;
      most = Math.max(most, running);
      try {
        let outcome: TrialOutcome | undefined;
        let { from } = spec;
        specs.push(structuredClone(spec));
        for (const step of spec.evaluateAt) {
          await new Promise((resolve) => setTimeout(resolve, delayOf(spec.trial, spec.seed)));
          outcome = await fake.run({ ...spec, from, evaluateAt: [step] }, options);
          from = { ...outcome, state: outcome.state as NonNullable<TrialOutcome['state']> };
        }
        return outcome as TrialOutcome;
      } finally {
        running -= 1;
      }
    },
  };
  return { executor, specs, most: () => most };
}

describe('trainings at once', () => {
  const losses = { e: 5, a: 1, d: 4, b: 2, c: 3 };
  // The first to begin end last.
  const reversed = (trial: string, seed: number) => 2 * ('edcba'.indexOf(trial) < 2 ? 4 : 1) + (seed === 0 ? 3 : 0);

  test.each([2, 3, 100, Number.POSITIVE_INFINITY])(
    '%s give the outcome of one after another, and no more run than that',
    async (concurrency) => {
      const one = planned(losses, 4, { halving: true });
      const expected = await runTrials(one.plan);
      const { plan, executor: fake, entries, seen } = planned(losses, 4, { halving: true });
      const { executor, specs, most } = atOnce(fake, concurrency, reversed);
      expect(await runTrials({ ...plan, executor })).toEqual(expected);
      expect(most()).toBe(Math.min(concurrency, 10));
      // They begin in the same order with the same specs.
      expect(specs).toEqual(one.executor.specs);
      // Nothing is missing, nothing is there twice.
      expect(entries).toHaveLength(one.entries.length);
      expect(entries).toEqual(expect.arrayContaining(one.entries));
      expect(seen.toSorted()).toEqual(one.seen.toSorted());
      for (const training of ['a 0', 'b 1']) {
        const own = (all: readonly string[]) => all.filter((each) => each.startsWith(training));
        expect(own(seen)).toEqual(own(one.seen));
      }
    },
  );

  test('are all at their checkpoint before the first goes on', async () => {
    const { plan, executor: fake, entries } = planned(losses, 4, { halving: true });
    const { executor } = atOnce(fake, 4, reversed);
    await runTrials({ ...plan, executor });
    const untils = entries.map((entry) => entry.kind === 'trained' && entry.untilStep);
    expect(untils).toEqual([...Array(10).fill(5), ...Array(6).fill(10), ...Array(4).fill(20)]);
  });

  test('are recorded in the order in which they end, one at a time', async () => {
    const { plan, executor: fake } = planned({ a: 1, b: 2 }, 1);
    const { executor } = atOnce(fake, 4, (trial, seed) => (trial === 'a' ? 40 : 0) + (seed === 0 ? 15 : 0));
    const order: string[] = [];
    const add = async (entry: JournalEntry) => {
      const name = entry.kind === 'trained' ? `${entry.trial} ${entry.seed}` : '';
      order.push(`begin ${name}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      order.push(`end ${name}`);
    };
    await runTrials({ ...plan, executor, journal: { open: async () => [], add } });
    expect(order).toEqual(['b 1', 'b 0', 'a 1', 'a 0'].flatMap((name) => [`begin ${name}`, `end ${name}`]));
  });

  test('resume from any part of the journal, whatever the order of its entries', async () => {
    const whole = planned(losses, 4, { halving: true });
    const first = atOnce(whole.executor, 4, reversed);
    const expected = await runTrials({ ...whole.plan, executor: first.executor });
    expect(whole.entries.map((entry) => entry.kind === 'trained' && entry.trial).slice(0, 3)).not.toEqual([
      'e',
      'e',
      'a',
    ]);
    for (let count = 0; count <= whole.entries.length; count++) {
      const completed: JournalEntry[] = JSON.parse(JSON.stringify(whole.entries.slice(0, count)));
      const { plan, executor: fake, entries } = planned(losses, 4, { halving: true, completed });
      const { executor } = atOnce(fake, 3, () => 0);
      expect(await runTrials({ ...plan, executor })).toEqual(expected);
      expect(entries).toHaveLength(whole.entries.length - count);
    }
  });

  test('end with the first error that happens: it aborts the others, and is thrown once they have ended', async () => {
    const broken = new Error('broken');
    const { plan, executor: fake, entries } = planned({ a: 1, b: 2, c: 3 }, 3);
    const { executor, specs } = atOnce(fake, 3, () => 10);
    let ended = 0;
    const run: Executor['run'] = async (spec, options) => {
      try {
        if (spec.trial === 'b') throw broken;
        return await executor.run(spec, options);
      } finally {
        ended += 1;
      }
    };
    await expect(runTrials({ ...plan, executor: { concurrency: 3, run } })).rejects.toBe(broken);
    // Both trainings of a, which saw the abort, and the one of b. None began after it.
    expect(ended).toBe(3);
    expect(runsOf({ specs })).toEqual(['a 0 5–15', 'a 1 5–15']);
    expect(entries).toEqual([]);
  });

  test('one that ends whole after the error of another is recorded', async () => {
    const { plan, entries } = planned({ a: 1, b: 2 }, 1, { seeds: [0] });
    const { executor } = plan;
    const run: Executor['run'] = async (spec, options) => {
      if (spec.trial === 'b') throw new Error('broken');
      await new Promise((resolve) => setTimeout(resolve, 5));
      return executor.run(spec, { ...options, signal: undefined });
    };
    await expect(runTrials({ ...plan, executor: { concurrency: 2, run } })).rejects.toThrow('broken');
    expect(entries.map((entry) => entry.kind === 'trained' && entry.trial)).toEqual(['a']);
  });

  test('a journal that could not add an entry gets no other', async () => {
    const { plan, executor: fake } = planned({ a: 1, b: 2 }, 1);
    const { executor } = atOnce(fake, 4, () => 0);
    let calls = 0;
    const add = async () => {
      calls += 1;
      throw new Error('the disk is full');
    };
    const running = runTrials({ ...plan, executor, journal: { open: async () => [], add } });
    await expect(running).rejects.toThrow('the disk is full');
    expect(calls).toBe(1);
  });

  test('an abort ends all of them with its reason, and a listener that throws with its error', async () => {
    const control = new AbortController();
    const first = planned(losses, 4, { signal: control.signal });
    const { executor, specs } = atOnce(first.executor, 3, () => 2);
    const reason = new Error('enough');
    const aborted = runTrials({
      ...first.plan,
      executor,
      onEvaluation: () => control.abort(reason),
    });
    await expect(aborted).rejects.toBe(reason);
    expect(specs).toHaveLength(3);
    expect(first.entries).toEqual([]);

    const second = planned(losses, 4);
    const other = atOnce(second.executor, 3, () => 2);
    const thrown = runTrials({
      ...second.plan,
      executor: other.executor,
      onEvaluation: (trial) => {
        throw new Error(`no listener for ${trial}`);
      },
    });
    await expect(thrown).rejects.toThrow('no listener for e');
    expect(other.specs).toHaveLength(3);
  });

  test('an evaluation that an executor reports again, because it began again, is reported once', async () => {
    const { plan, executor: fake, seen } = planned({ a: 1 }, 3, { seeds: [0] });
    const run: Executor['run'] = async (spec, options) => {
      await fake.run({ ...spec, evaluateAt: spec.evaluateAt.slice(0, 2) }, options);
      return fake.run(spec, options);
    };
    await runTrials({ ...plan, executor: { run } });
    expect(seen).toEqual(['a 0 5', 'a 0 10', 'a 0 15']);
  });

  test.each([0, Number.NaN])('an executor that runs %s at once is refused', async (concurrency) => {
    const { plan, executor } = planned({ a: 1 }, 1);
    await expect(runTrials({ ...plan, executor: { ...executor, concurrency } })).rejects.toThrow(
      new InputError(`executor.concurrency must be at least 1; got ${concurrency}`),
    );
  });
});

test.each(['executor', 'journal'])('an error of the %s rejects the run', async (which) => {
  const broken = new Error('broken');
  const { plan } = planned({ a: 1 }, 1);
  const fail = async () => {
    throw broken;
  };
  const faulty = which === 'executor' ? { executor: { run: fail } } : { journal: { open: async () => [], add: fail } };
  await expect(runTrials({ ...plan, ...faulty })).rejects.toBe(broken);
});

describe('a recorded training that is not the part of the trial that it says it is', () => {
  const losses = { a: 1, b: 2, c: 3, d: 4 };
  type Trained = Extract<JournalEntry, { kind: 'trained' }>;
  test.each<[string, (entry: Trained) => Partial<Trained>]>([
    ['without its evaluations', ({ training }) => ({ training: { ...training, evaluations: [] } })],
    [
      'with one too many',
      ({ training }) => ({ training: { ...training, evaluations: [...training.evaluations, evaluationAt(99, 1)] } }),
    ],
    [
      'at other steps',
      ({ training }) => ({
        training: { ...training, evaluations: training.evaluations.map((each) => ({ ...each, step: each.step + 1 })) },
      }),
    ],
    ['of another seed', ({ training }) => ({ training: { ...training, seed: 7 } })],
    ['without the state to go on from', () => ({ state: null })],
    ['that says it was pruned', ({ training }) => ({ training: { ...training, outcome: 'pruned' } })],
  ])('%s', async (_, change) => {
    const whole = planned(losses, 4, { halving: true });
    await runTrials(whole.plan);
    const [first, ...others] = whole.entries as [Trained, ...JournalEntry[]];
    expect(first.state).not.toBe(null);
    const { plan, executor } = planned(losses, 4, {
      halving: true,
      completed: [{ ...first, ...change(first) }, ...others],
    });
    const thrown = await runTrials(plan).catch((error) => error);
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toMatch(
      /^the journal's training of trial "a" with seed 0 until step \d+ must have its evaluations and its state; it is damaged/,
    );
    expect(executor.specs).toEqual([]);
  });
});

describe('a training that failed each time it was tried', () => {
  const trials = ['a', 'b', 'c'].map((name) => trialNamed(name, 4));
  const failing = (untilStep: number): Executor => {
    const executor = fakeExecutor({ a: 3, b: 1, c: 2 });
    return {
      async run(spec, options) {
        if (spec.trial === 'b' && spec.evaluateAt.at(-1) === untilStep) throw new TrialFailure('no memory');
        return executor.run(spec, options);
      },
    };
  };

  test('counts as failed with what was measured before, is recorded, and the others go on', async () => {
    const entries: JournalEntry[] = [];
    const journal = {
      open: async () => entries,
      async add(entry: JournalEntry) {
        entries.push(entry);
      },
    };
    const plan = { trials, seeds: [0], halving: true, completed: [], journal };
    const outcome = await runTrials({ ...plan, executor: failing(20) });
    const [a, b, c] = outcome.trainings.map(([training]) => training);
    expect([a?.outcome, c?.outcome]).toEqual(['pruned', 'finished']);
    expect(b).toMatchObject({ outcome: 'failed', failure: 'no memory' });
    expect(b?.evaluations.map(({ step }) => step)).toEqual([5, 10]);
    // It stays failed where the journal is resumed.
    const executor = fakeExecutor({ a: 3, b: 1, c: 2 });
    const resumed = await runTrials({ ...plan, completed: entries, journal: undefined, executor });
    expect(resumed.trainings).toEqual(outcome.trainings);
    expect(executor.specs).toEqual([]);
  });
});
