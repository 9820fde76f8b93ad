// Node stops a thread that calls a native library where it is when the process ends. koffi then fails to report an error to
// JavaScript, and aborts the whole process. So the end of the process waits until no other thread is inside such a call.
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/** Names the shared state, which every thread that is started later gets. */
const KEY = 'lrfind: threads inside native calls';

/** The places of the state: how many threads are inside, and 1 once the process ends. */
const [INSIDE, ENDED] = [0, 1];

/** How long the process waits for a call, in milliseconds. A step of training takes less. */
const MOST_MS = 10_000;

/** In a thread that started before the main thread loaded this module, nothing is awaited: undefined. */
const state = isMainThread ? shareState() : (getEnvironmentData(KEY) as Int32Array | undefined);

/** How many calls this thread is inside, one within another. */
let depth = 0;

function shareState(): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData(KEY, shared);
  process.once('exit', () => {
    Atomics.store(shared, ENDED, 1);
    const until = performance.now() + MOST_MS;
    for (;;) {
      const inside = Atomics.load(shared, INSIDE);
      const left = until - performance.now();
      if (inside === 0 || left <= 0) return;
      Atomics.wait(shared, INSIDE, inside, left);
    }
  });
  return shared;
}

function enter(): void {
  depth += 1;
  if (!state || depth > 1) return;
  Atomics.add(state, INSIDE, 1);
  if (Atomics.load(state, ENDED) === 0) return;
  leave();
  // Until the thread is stopped, which is safe here.
  Atomics.wait(state, ENDED, 1);
}

function leave(): void {
  depth -= 1;
  if (!state || depth > 0) return;
  Atomics.sub(state, INSIDE, 1);
  Atomics.notify(state, INSIDE);
}

/** The state, for a thread whose program is text: see `library-thread.ts`. */
export const nativeCalls = state;

/** Does something with a native library; in a thread of its own, the process does not end meanwhile. */
export async function insideProcess<Result>(run: () => Promise<Result>): Promise<Result> {
  if (isMainThread) return run();
  enter();
  try {
    return await run();
  } finally {
    leave();
  }
}

/** Wraps a function of a native library so that the process does not end while another thread is inside it. */
export function awaitedAtEnd<Args extends unknown[], Result>(
  call: (...args: Args) => Result,
): (...args: Args) => Result {
  if (isMainThread || !state) return call;
  return (...args) => {
    enter();
    try {
      return call(...args);
    } finally {
      leave();
    }
  };
}
