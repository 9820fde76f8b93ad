// Node stops a thread that calls a native library where it is when the process ends. koffi then fails to report an error to
// JavaScript, and aborts the whole process. So the end of the process waits until no other thread is inside such a call.
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId, type Worker } from 'node:worker_threads';

/** Names the shared state, which every thread that is started later gets. */
const KEY = 'lrfind: threads inside native calls';

/** The place of the state that is 1 once the process ends. Each thread has one of the others, which is 1 while it is inside. */
const ENDED = 0;

/** In a process that starts more threads than this, some share a place. */
const PLACES = 4096;

/** How long the process waits for calls, in milliseconds. A step of training takes less. */
const MOST_MS = 10_000;

/** In a thread that started before the main thread loaded this module, nothing is awaited: undefined. */
const state = isMainThread ? shareState() : (getEnvironmentData(KEY) as Int32Array | undefined);

const own = placeOf(threadId);

/** How many calls this thread is inside, one within another. */
let depth = 0;

if (state) process.on('worker', (thread) => leaveWithEndOf(thread, state));

function shareState(): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT));
  setEnvironmentData(KEY, shared);
  process.once('exit', () => {
    Atomics.store(shared, ENDED, 1);
    const until = performance.now() + MOST_MS;
    for (let place = ENDED + 1; place < PLACES; place++) {
      for (;;) {
        const inside = Atomics.load(shared, place);
        const left = until - performance.now();
        if (inside <= 0 || left <= 0) break;
        Atomics.wait(shared, place, inside, left);
      }
    }
  });
  return shared;
}

function placeOf(thread: number): number {
  return 1 + (thread % (PLACES - 1));
}

/** A thread that was terminated inside a call never leaves it: its last lines do not run. */
function leaveWithEndOf(thread: Worker, shared: Int32Array): void {
  // Afterwards it has no number.
  const place = placeOf(thread.threadId);
  thread.once('exit', () => Atomics.store(shared, place, 0));
}

function enter(): void {
  depth += 1;
  if (!state || depth > 1) return;
  Atomics.add(state, own, 1);
  if (Atomics.load(state, ENDED) === 0) return;
  leave();
  // Until the thread is stopped, which is safe here.
  Atomics.wait(state, ENDED, 1);
}

function leave(): void {
  depth -= 1;
  if (!state || depth > 0) return;
  Atomics.sub(state, own, 1);
  Atomics.notify(state, own);
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
