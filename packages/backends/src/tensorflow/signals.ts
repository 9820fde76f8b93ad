import type { LibraryHandle } from 'koffi';

/** The signals on Linux that a thread raises by its own faults: ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS. */
const FAULT_SIGNALS = [4, 5, 6, 7, 8, 11, 31];

/** The size of `sigset_t`, which holds a bit for each signal, from 1. */
const SET_BYTES = 128;

/** SIG_BLOCK and SIG_SETMASK. */
const [BLOCK, SET_MASK] = [0, 2];

/**
 * Wraps functions so that signals are blocked while they run. Threads that they start inherit this for good.
 *
 * oneDNN's matrix product for AVX-512 uses the stack pointer to walk through a buffer of its own. A signal handler
 * writes below that pointer, and so into the heap: Ctrl-C, a profiler's timer or a resized window then ends the process
 * with "corrupted size vs. prev_size"; the same happens in Python. A blocked signal is delivered to another thread, or
 * when the function returns. Node handles it in its event loop, so no later than otherwise. Measured cost: 0.6 µs per
 * call.
 *
 * @param system the libraries of the process, libc among them
 * @returns the wrapper; it changes nothing on macOS and arm64, where TensorFlow does not use that code of oneDNN
 */
export function signalBlocker(
  system: LibraryHandle,
): <Args extends unknown[], Result>(run: (...args: Args) => Result) => (...args: Args) => Result {
  const blocked = blockedSignals();
  if (!blocked) return (run) => run;
  const setMask = system.func('int pthread_sigmask(int how, void *set, void *before)');
  const before = new Uint8Array(SET_BYTES);
  return (run) =>
    (...args) => {
      setMask(BLOCK, blocked, before);
      try {
        return run(...args);
      } finally {
        setMask(SET_MASK, before, null);
      }
    };
}

/** The set of signals that are blocked while TensorFlow computes, as a `sigset_t`; undefined where none has to be. */
export function blockedSignals(): Uint8Array | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const blocked = new Uint8Array(SET_BYTES).fill(0xff);
  for (const signal of FAULT_SIGNALS)
    blocked[(signal - 1) >> 3] = (blocked[(signal - 1) >> 3] as number) & ~(1 << ((signal - 1) & 7));
  return blocked;
}
