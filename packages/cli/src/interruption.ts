// Imports nothing, so that it is loaded before everything else.

/** The signals that end the program in order. SIGHUP is not among them, because a handler would undo `nohup`. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What shells report after Ctrl-C. One code for every interruption is enough for a script. */
const INTERRUPTED = 130;

let cleanUp: () => void = () => {};

/**
 * Ends the program with exit code 130 after a signal, and after what `beforeInterruption` was given. Call it before anything else is
 * loaded, since Node ends a process without a handler as if it had crashed.
 */
export function catchSignals(): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      try {
        cleanUp();
      } finally {
        process.exit(INTERRUPTED);
      }
    });
  }
}

/** Sets what is done before the program is ended by a signal. It must be synchronous. */
export function beforeInterruption(action: () => void): void {
  cleanUp = action;
}
