import type { LibraryHandle } from 'koffi';

/** Numbers of the signals that a thread raises by what it does itself, on Linux: ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS. */
const OWN_FAULTS = [4, 5, 6, 7, 8, 11, 31];

/** `sigset_t` holds a bit for each signal, from 1. */
const SET_BYTES = 128;

const [BLOCK, RESTORE] = [0, 2];

/**
 * Makes a function that lets no signal in while another one runs, which threads started meanwhile inherit for good.
 *
 * oneDNN's product of matrices for AVX-512 uses the stack pointer to walk through a buffer of its own. A signal's handler
 * writes below that pointer, and so into the heap: Ctrl-C, a profiler's clock or a resized window then end the process
 * with "corrupted size vs. prev_size", Python's too. A signal that is held back is delivered to another thread, or when the
 * function returns; Node acts on it in its event loop and so no later than before. Measured: 0.6 µs a call.
 *
 * @param system what the process has loaded, libc included
 * @returns the function, which leaves everything as it is where that library is not oneDNN's (macOS, arm64)
 */
export function withoutSignals(
  system: LibraryHandle,
): <Arguments extends unknown[], Result>(run: (...given: Arguments) => Result) => (...given: Arguments) => Result {
  if (process.platform !== 'linux' || process.arch !== 'x64') return (run) => run;
  const mask = system.func('int pthread_sigmask(int how, void *set, void *before)');
  const all = new Uint8Array(SET_BYTES).fill(0xff);
  for (const signal of OWN_FAULTS)
    all[(signal - 1) >> 3] = (all[(signal - 1) >> 3] as number) & ~(1 << ((signal - 1) & 7));
  const before = new Uint8Array(SET_BYTES);
  return (run) =>
    (...given) => {
      mask(BLOCK, all, before);
      try {
        return run(...given);
      } finally {
        mask(RESTORE, before, null);
      }
    };
}
