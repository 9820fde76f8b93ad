import { settled } from '@lrfind/core';
import { expect, test } from 'vitest';
import { type SessionWorker, sessionLanes } from '../../../src/engine/workers/lanes.js';

/** A promise that is kept by hand. */
function later<Value>() {
  let keep: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

function worker(): SessionWorker & { closed: boolean } {
  return {
    closed: false,
    ask: () => Promise.reject(new Error('not asked')),
    close() {
      this.closed = true;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('this thread takes one job at a time, in order', async () => {
  const lanes = sessionLanes();
  const jobs = [later<number>(), later<number>()];
  const begun: number[] = [];
  const results = jobs.map(({ promise }, i) =>
    lanes.run({
      here: () => {
        begun.push(i);
        return promise;
      },
      there: () => Promise.reject(new Error('there is no worker')),
    }),
  );
  expect(begun).toEqual([0]);
  jobs[0]?.keep(10);
  await turn();
  expect(begun).toEqual([0, 1]);
  jobs[1]?.keep(11);
  expect(await Promise.all(results)).toEqual([10, 11]);
});

test('a worker that is added takes the first job that waits and is plain data', async () => {
  const lanes = sessionLanes();
  const where: string[] = [];
  const job = (name: string, isPlain = true) => {
    const { promise, keep } = later<string>();
    const at = (place: string) => () => {
      where.push(`${name} ${place}`);
      return promise;
    };
    return { result: lanes.run({ here: at('here'), there: at('there'), isPlain }), keep: () => keep(name) };
  };
  const jobs = [job('a'), job('b', false), job('c')];
  lanes.add(worker());
  expect(where).toEqual(['a here', 'c there']);
  for (const { keep } of jobs) keep();
  expect(await Promise.all(jobs.map(({ result }) => result))).toEqual(['a', 'b', 'c']);
  expect(where).toEqual(['a here', 'c there', 'b here']);
});

test('a job whose worker fails is done here, and the worker is closed', async () => {
  const lanes = sessionLanes();
  const first = later<string>();
  const results = [
    lanes.run({ here: () => first.promise, there: () => Promise.resolve('') }),
    lanes.run({ here: () => Promise.resolve('here'), there: () => Promise.reject(new Error('out of memory')) }),
  ];
  const failing = worker();
  lanes.add(failing);
  await turn();
  expect(failing.closed).toBe(true);
  first.keep('first');
  expect(await Promise.all(results)).toEqual(['first', 'here']);
});

test('a job that its signal aborts on a worker fails with the reason', async () => {
  const lanes = sessionLanes();
  const first = later<string>();
  void lanes.run({ here: () => first.promise, there: () => Promise.resolve('') });
  const result = lanes.run({
    here: () => Promise.resolve('here'),
    there: () => Promise.reject('reason'),
    signal: AbortSignal.abort(),
  });
  lanes.add(worker());
  await expect(result).rejects.toBe('reason');
});

test('workers that make no gain are closed, and none is added any more', async () => {
  const lanes = sessionLanes();
  // A step took a microsecond before there was a worker, and takes milliseconds in both lanes now.
  lanes.paceAlone(1e-3);
  const slow = () => new Promise<number>((resolve) => setTimeout(() => resolve(1), 5));
  const jobs = [1, 2, 3, 4].map(() => lanes.run({ here: slow, there: slow, steps: () => 1 }));
  const useless = worker();
  lanes.add(useless);
  await Promise.all(jobs);
  expect(useless.closed).toBe(true);
  expect(lanes.isOpen).toBe(false);
  const late = worker();
  lanes.add(late);
  expect(late.closed).toBe(true);
});

test('closed lanes close their workers', () => {
  const lanes = sessionLanes();
  const idle = worker();
  lanes.add(idle);
  lanes.close();
  expect(idle.closed).toBe(true);
});

test('settled waits for all, and fails with the first error in order', async () => {
  const slow = later<number>();
  let ended = false;
  const all = settled([slow.promise, Promise.reject(new Error('second')), Promise.reject(new Error('third'))]).finally(
    () => {
      ended = true;
    },
  );
  const failing = expect(all).rejects.toThrow('second');
  await turn();
  expect(ended).toBe(false);
  slow.keep(1);
  await failing;
});
