import { useThreads } from '@lrfind/backends';
import { settled } from '@lrfind/core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Lanes, type SessionWorker, sessionLanes } from '../../../src/engine/workers/lanes.js';
import { copiedSession } from './copied-session.js';

vi.mock('@lrfind/backends', async (original) => ({ ...(await original<object>()), useThreads: vi.fn() }));

/** A promise that is kept by hand. */
function later<Value>() {
  let keep: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

function worker(): SessionWorker & { closed: boolean; threads: number[] } {
  return {
    closed: false,
    threads: [],
    ask: () => Promise.reject(new Error('not asked')),
    useThreads(threads) {
      this.threads.push(threads);
    },
    close() {
      this.closed = true;
    },
  };
}

const same = async () => true;

/** Adds workers that pass their check at once. */
async function add(lanes: Lanes, ...workers: SessionWorker[]): Promise<void> {
  lanes.add(workers, 0, same, 1);
  await turn();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('this thread takes one job at a time, in order', async () => {
  const lanes = sessionLanes();
  const jobs = [later<number>(), later<number>()];
  const begun: number[] = [];
  const results = jobs.map(({ promise }, i) =>
    lanes.run({
      session: 0,
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

test('a worker that has passed its check takes the first job that waits and is plain data', async () => {
  const lanes = sessionLanes();
  const where: string[] = [];
  const job = (name: string, isPlain = true) => {
    const { promise, keep } = later<string>();
    const at = (place: string) => () => {
      where.push(`${name} ${place}`);
      return promise;
    };
    return { result: lanes.run({ session: 0, here: at('here'), there: at('there'), isPlain }), keep: () => keep(name) };
  };
  const jobs = [job('a'), job('b', false), job('c')];
  await add(lanes, worker());
  expect(where).toEqual(['a here', 'c there']);
  for (const { keep } of jobs) keep();
  expect(await Promise.all(jobs.map(({ result }) => result))).toEqual(['a', 'b', 'c']);
  expect(where).toEqual(['a here', 'c there', 'b here']);
});

test('a worker gets a second job ahead while more jobs wait than there are lanes, and never a third', async () => {
  const lanes = sessionLanes();
  const where: string[] = [];
  const jobs = Array.from({ length: 7 }, (_, i) => {
    const { promise, keep } = later<number>();
    const at = (place: string) => () => {
      where.push(`${i} ${place}`);
      return promise;
    };
    return { result: lanes.run({ session: 0, here: at('here'), there: at('there') }), keep: () => keep(i) };
  });
  await add(lanes, worker());
  // Six wait, of which it takes two.
  expect(where).toEqual(['0 here', '1 there', '2 there']);
  jobs[1]?.keep();
  await turn();
  expect(where.slice(3)).toEqual(['3 there']);
  // Three wait, and then two, so that it gets no more than one.
  jobs[0]?.keep();
  await turn();
  expect(where.slice(4)).toEqual(['4 here']);
  jobs[2]?.keep();
  await turn();
  expect(where.slice(5)).toEqual([]);
  for (const { keep } of jobs) keep();
  expect(await Promise.all(jobs.map(({ result }) => result))).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('lanes that have work share the threads of those that have none', async () => {
  const lanes = sessionLanes(3);
  const jobs = Array.from({ length: 3 }, () => later<void>());
  const done = jobs.map(({ promise }) => lanes.run({ session: 0, here: () => promise, there: () => promise }));
  const checked = later<boolean>();
  const workers = [worker(), worker()];
  const told = vi.mocked(useThreads);
  told.mockClear();
  lanes.add(workers, 0, () => checked.promise, 2);
  // Those that are being checked compute too.
  expect(told.mock.lastCall).toEqual([2]);
  checked.keep(true);
  await turn();
  expect(workers.map(({ threads }) => threads)).toEqual([[2], [2]]);
  jobs[0]?.keep();
  await done[0];
  await turn();
  expect(workers.map(({ threads }) => threads.at(-1))).toEqual([3, 3]);
  jobs[1]?.keep();
  await done[1];
  await turn();
  expect(workers.map(({ threads }) => threads.at(-1)).toSorted()).toEqual([3, 6]);
  jobs[2]?.keep();
  await done[2];
  await turn();
  expect(told.mock.lastCall).toEqual([Number.POSITIVE_INFINITY]);
});

test.each<[string, (lanes: Lanes) => void, Promise<boolean>]>([
  ['a worker has failed its check', () => {}, Promise.resolve(false)],
  ['the lanes are closed while a worker is being checked', (lanes) => lanes.close(), new Promise(() => {})],
  ['the workers are released', (lanes) => lanes.release(), new Promise(() => {})],
])('this thread has all its threads again once %s', async (_, end, checked) => {
  const lanes = sessionLanes(2);
  const job = later<void>();
  const done = lanes.run({ session: 0, here: () => job.promise, there: () => job.promise });
  const told = vi.mocked(useThreads);
  told.mockClear();
  lanes.add([worker()], 0, () => checked, 1);
  expect(told.mock.lastCall).toEqual([1]);
  end(lanes);
  await turn();
  expect(told.mock.lastCall).toEqual([Number.POSITIVE_INFINITY]);
  job.keep();
  await done;
});

test('a job whose worker fails is done here, and the worker is closed', async () => {
  const lanes = sessionLanes();
  const first = later<string>();
  const results = [
    lanes.run({ session: 0, here: () => first.promise, there: () => Promise.resolve('') }),
    lanes.run({
      session: 0,
      here: () => Promise.resolve('here'),
      there: () => Promise.reject(new Error('out of memory')),
    }),
  ];
  const failing = worker();
  await add(lanes, failing);
  expect(failing.closed).toBe(true);
  first.keep('first');
  expect(await Promise.all(results)).toEqual(['first', 'here']);
});

test('a job that its signal aborts on a worker fails with its error, and one that waits does not begin', async () => {
  const lanes = sessionLanes();
  const control = new AbortController();
  const first = later<string>();
  void lanes.run({ session: 0, here: () => first.promise, there: () => Promise.resolve('') });
  const begun: string[] = [];
  const there = async () => {
    begun.push('there');
    control.abort('reason');
    throw 'error of the worker';
  };
  const here = async () => void begun.push('here');
  const { signal } = control;
  const results = [lanes.run({ session: 0, here, there, signal }), lanes.run({ session: 0, here, there, signal })];
  const failed = Promise.all([
    expect(results[0]).rejects.toBe('error of the worker'),
    expect(results[1]).rejects.toBe('reason'),
  ]);
  await add(lanes, worker());
  first.keep('');
  await failed;
  expect(begun).toEqual(['there']);
});

/** A clock that jobs move on by hand. */
let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** A job of a second that is so many times as fast in each lane as this thread alone would be. */
function second(speed: number) {
  const work = async () => {
    await turn();
    now += 1000;
    await turn();
    return speed;
  };
  return { session: 0, here: work, there: work, speed: () => speed };
}

/** Does jobs, of which each lane does some. */
async function work(lanes: Lanes, jobs: readonly ReturnType<typeof second>[], ...workers: SessionWorker[]) {
  const done = jobs.map((job) => lanes.run(job));
  await add(lanes, ...workers);
  await Promise.all(done);
}

const times = (count: number, speed: number) => Array.from({ length: count }, () => second(speed));

test('workers that make no gain are closed, and for a minute none is started, then two', async () => {
  const lanes = sessionLanes();
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  lanes.enter(() => copiedSession(model));
  lanes.copies();
  expect(lanes.mayStart(0)).toBe(true);
  for (const minutes of [1, 2]) {
    const useless = worker();
    // Two lanes half as fast as this thread alone are no faster than it.
    await work(lanes, times(12, 0.5), useless);
    expect(useless.closed).toBe(true);
    const end = now;
    expect(lanes.mayStart(0)).toBe(false);
    while (!lanes.mayStart(0)) now += 1000;
    // They were closed at one of the jobs of the last twelve seconds.
    expect((now - end) / 60_000).toBeGreaterThan(minutes - 0.2);
    expect((now - end) / 60_000).toBeLessThanOrEqual(minutes);
  }
});

test('a job that was slow by chance closes no worker: the work of all jobs counts', async () => {
  const lanes = sessionLanes();
  const useful = worker();
  await work(lanes, [...times(8, 0.9), ...times(4, 0.1), ...times(4, 0.9)], useful);
  expect(useful.closed).toBe(false);
  lanes.close();
});

test('less than two seconds of work in a lane close no worker', async () => {
  const lanes = sessionLanes();
  const useless = worker();
  await work(lanes, times(2, 0.1), useless);
  expect(useless.closed).toBe(false);
  lanes.close();
});

test('workers that were asked for by number stay, however little they gain', async () => {
  const lanes = sessionLanes(2);
  const useless = worker();
  await work(lanes, times(12, 0.5), useless);
  expect(useless.closed).toBe(false);
  expect(lanes.isOpen).toBe(true);
  lanes.close();
  expect(useless.closed).toBe(true);
});

test('a worker that computes something else is closed and gets no job, and a note says so where it was asked for', async () => {
  for (const wanted of [2, 'auto'] as const) {
    const lanes = sessionLanes(wanted);
    const first = later<string>();
    const jobs = [
      lanes.run({ session: 0, here: () => first.promise, there: () => Promise.resolve('there') }),
      lanes.run({ session: 0, here: () => Promise.resolve('here'), there: () => Promise.resolve('there') }),
    ];
    const other = worker();
    lanes.add([other], 0, async () => false, 1);
    await turn();
    expect(other.closed).toBe(true);
    expect(lanes.mayStart(0)).toBe(false);
    first.keep('first');
    expect(await Promise.all(jobs)).toEqual(['first', 'here']);
    const note = 'a worker did not compute the same as the calling thread, and was not used';
    expect(lanes.notes).toEqual(wanted === 'auto' ? [] : [note]);
  }
});

test('a worker takes jobs of a further session only once it has passed a check with that', async () => {
  const lanes = sessionLanes();
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  for (let i = 0; i < 3; i++) lanes.enter(() => copiedSession(model));
  lanes.copies();
  const where: string[] = [];
  const job = (session: number) => {
    const { promise, keep } = later<void>();
    const at = (place: string) => () => {
      where.push(`${session} ${place}`);
      return promise;
    };
    void lanes.run({ session, here: at('here'), there: at('there') });
    return keep;
  };
  const keep = [job(0), job(1), job(1), job(2)];
  expect(lanes.needsCheck(1)).toBe(true);
  await add(lanes, worker());
  expect(where).toEqual(['0 here']);
  lanes.extend(1, async () => true);
  expect(lanes.needsCheck(1)).toBe(false);
  await turn();
  expect(where).toEqual(['0 here', '1 there']);
  // A session with which the worker does not pass stays in this thread.
  keep[1]?.();
  await turn();
  keep[2]?.();
  await turn();
  lanes.extend(2, async () => false);
  await turn();
  expect(where).toEqual(['0 here', '1 there', '1 there']);
  keep[0]?.();
  await turn();
  expect(where).toEqual(['0 here', '1 there', '1 there', '2 here']);
  keep[3]?.();
  model.dispose();
});

test('closed lanes close their workers', () => {
  const lanes = sessionLanes();
  const idle = worker();
  lanes.add([idle], 0, same, 1);
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
