import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('compare-on-workers-run.mjs', import.meta.url));

// Two models with dropout and batch normalisation, optimizers, batch sizes, schedules, a callback, a function and a trial that diverges.
let found: Record<string | number, Record<string, unknown>>;
beforeAll(async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program]);
  expect(stderr).toBe('');
  found = JSON.parse(stdout);
}, 120_000);

const likeOne = { same: true, sameJournal: true, sameEvents: true, inOrder: true, left: 0, notes: [] };

test.each(['2', '3', 'auto'])(
  '%s workers give the result, the journal and the events of one, to the bit',
  (workers) => {
    expect(found[workers]).toMatchObject(likeOne);
  },
);

test('a number of workers is that many lanes, and they train trials, but none with a function', () => {
  expect(found[2]?.threads).toHaveLength(1);
  expect(found[3]?.threads).toHaveLength(2);
  for (const workers of [2, 3]) {
    const asked = found[workers]?.asked as string[];
    expect(asked).not.toContain('own');
    // The first trials of the models are asked for by checks too.
    expect(asked.filter((name) => name !== 'steady' && name !== 'large').length).toBeGreaterThan(0);
  }
});

test('a comparison on workers is resumed to the same bits by one lane and by two', () => {
  expect(found.resumed).toEqual([true, true, true, true]);
});

test('a rate is searched for in the same lanes, with the same result', () => {
  expect(found.find).toEqual({ same: true, threads: [expect.any(String)], left: 0 });
});

test('an abort ends workers with its reason, a listener that throws with its error, and no tensor is left', () => {
  expect(found.aborted).toEqual({ error: 'enough', left: 0 });
  expect(found.thrown).toEqual({ error: 'Error: the listener fails', left: 0 });
});

test('a loss that is a function keeps its trainings in the calling thread, and a note says so', () => {
  const why = (model: string) =>
    `model "${model}" is trained in one thread, because its loss is a function, which only the calling thread has`;
  expect(found.ownLoss).toEqual({ same: true, threads: [], notes: ['small', 'large'].map(why) });
});

test('models are as they were after all of that', () => {
  expect(found.sameWeights).toBe(true);
});

test('workers are refused on a backend that computes in one thread', () => {
  const error = 'InputError: workers must be auto or 1 with the backend cpu, which computes in one thread; got 2';
  expect(found.cpu).toEqual({ error, left: 0 });
});
