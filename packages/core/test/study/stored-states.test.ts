import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { CompletedEntry, Journal, JournalEntry, PausedAt, StoredState } from '../../src/study/journal.js';
import { runTrials, type TrialPlan } from '../../src/study/run-trials.js';
import type { Executor } from '../../src/study/trial.js';
import { fakeExecutor, runsOf, trialNamed } from './fake-executor.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Eight trials, eight evaluations: half of them go on after two evaluations, and half of those after four. */
const losses = { a: 5, b: 6, c: 3, d: 4, e: 8, f: 7, g: 1, h: 2 };

/** A journal that keeps its entries as text, and reads states back from there. */
function textJournal() {
  const lines: string[] = [];
  const read: PausedAt[] = [];
  const entries = () => lines.map((line): JournalEntry => JSON.parse(line));
  const journal: Required<Journal> = {
    open: async () => [],
    async add(entry) {
      lines.push(JSON.stringify(entry));
    },
    async readState({ trial, seed, untilStep }): Promise<StoredState> {
      read.push({ trial, seed, untilStep });
      const found = entries().find(
        (entry) =>
          entry.kind === 'trained' && entry.trial === trial && entry.seed === seed && entry.untilStep === untilStep,
      );
      if (found?.kind !== 'trained' || !found.state) throw new InputError('the state is not there');
      return { state: found.state };
    },
  };
  /** As a journal gives them that leaves states where they are. */
  const completed = (): CompletedEntry[] =>
    entries().map((entry) =>
      entry.kind === 'trained' && entry.state ? { ...entry, state: 'stored' as const } : entry,
    );
  return { journal, lines, read, entries, completed };
}

/** What an executor does, and after each of its trainings how many of the states that it gave are still in memory. */
function counting(executor: Executor) {
  const given: WeakRef<object>[] = [];
  const held: number[] = [];
  return {
    held,
    executor: {
      async run(spec, options) {
        // References that were followed in this turn are held until its end.
        await new Promise((resolve) => setTimeout(resolve));
        collectGarbage();
        held.push(given.filter((state) => state.deref()).length);
        const outcome = await executor.run(spec, options);
        if (outcome.state) given.push(new WeakRef(outcome.state));
        return outcome;
      },
    } satisfies Executor,
  };
}

const planOf = (halving: TrialPlan['halving'], executor: Executor, other: Partial<TrialPlan>): TrialPlan => ({
  ...{ trials: Object.keys(losses).map((name) => trialNamed(name, 8)), seeds: [0, 1] },
  ...{ halving, executor, completed: [] },
  ...other,
});

describe.each([true, 'asynchronous'] as const)('states of paused trainings, with halving %s', (halving) => {
  test('are read from the journal when a training goes on: the outcome is the same, and memory has hardly any', async () => {
    const inMemory = counting(fakeExecutor(losses));
    const before = await runTrials(planOf(halving, inMemory.executor, {}));
    const { journal, read } = textJournal();
    const stored = counting(fakeExecutor(losses));
    expect(await runTrials(planOf(halving, stored.executor, { journal }))).toEqual(before);
    // Without a journal those of all paused trainings: at the end of the first rung of eight trials with two seeds, or as many as paused on the way.
    expect(Math.max(...inMemory.held)).toBeGreaterThanOrEqual(12);
    expect(Math.max(...stored.held)).toBeLessThanOrEqual(2);
    // Each once, for a training that goes on.
    expect(new Set(read.map((each) => JSON.stringify(each))).size).toBe(read.length);
    expect(read.length).toBeGreaterThanOrEqual(8 + 4);
  });

  test('are left where they are by a comparison that is resumed, whatever it had come to', async () => {
    const whole = textJournal();
    const all = await runTrials(planOf(halving, fakeExecutor(losses), { journal: whole.journal }));
    for (let count = 0; count <= whole.lines.length; count++) {
      const { journal, lines, read, completed } = textJournal();
      lines.push(...whole.lines.slice(0, count));
      const fake = fakeExecutor(losses);
      expect(await runTrials(planOf(halving, fake, { journal, completed: completed() }))).toEqual(all);
      expect(lines).toEqual(whole.lines);
      // Only those of trainings that went on from here.
      expect(read.length).toBe(fake.specs.filter(({ from }) => from !== null).length);
      expect(runsOf(fake)).toHaveLength(lines.slice(count).filter((line) => line.includes('"trained"')).length);
    }
  });

  test('that cannot be read back end the comparison with the message of the journal', async () => {
    const { journal } = textJournal();
    const readState = () => Promise.reject(new InputError('the state is damaged'));
    await expect(
      runTrials(planOf(halving, fakeExecutor(losses), { journal: { ...journal, readState } })),
    ).rejects.toThrow(new InputError('the state is damaged'));
  });

  test('that a journal has left out and cannot read are refused', async () => {
    const whole = textJournal();
    await runTrials(planOf(halving, fakeExecutor(losses), { journal: whole.journal }));
    const completed = whole.completed().slice(0, halving === true ? 16 : 7);
    const { open, add } = textJournal().journal;
    await expect(
      runTrials(planOf(halving, fakeExecutor(losses), { journal: { open, add }, completed })),
    ).rejects.toThrow(
      /^journal\.readState must be a function, because the journal has left out the state of trial "[a-h]"; got none$/,
    );
  });
});

test('a resumed comparison looks at each entry a few times, however many there are', async () => {
  const trials = Array.from({ length: 1000 }, (_, i) => trialNamed(`trial ${i}`, 2));
  const { journal, completed } = textJournal();
  const plan = { ...planOf(false, fakeExecutor({}), {}), trials };
  const executor = fakeExecutor(Object.fromEntries(trials.map(({ trial }, i) => [trial, i])));
  const all = await runTrials({ ...plan, executor, journal });
  let looks = 0;
  const counted = completed().map(
    (entry) =>
      new Proxy(entry, {
        get(target, name) {
          looks += 1;
          return Reflect.get(target, name);
        },
      }),
  );
  // Nothing is left to train.
  const none: Executor = { run: () => Promise.reject(new Error('it was trained before')) };
  expect(await runTrials({ ...plan, executor: none, completed: counted })).toEqual(all);
  expect(counted).toHaveLength(2000);
  expect(looks / counted.length).toBeLessThan(30);
});
