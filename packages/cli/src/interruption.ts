// Imports nothing, so that it is loaded before everything else.

/**
 * The signals that end the program in order, with the exit codes that shells expect: 128 and the signal's number. SIGHUP is not
 * among them, because a handler would undo `nohup`.
 */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

let cleanUp: () => void = () => {};

/**
 * Ends the program with the exit code of its signal, after what `beforeInterruption` was given. Call it before anything else is
 * loaded, since Node ends a process without a handler as if it had crashed.
 */
export function catchSignals(): void {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.on(signal, () => {
      try {
        cleanUp();
      } finally {
        process.exit(code);
      }
    });
  }
}

/** Sets what is done before the program is ended by a signal. It must be synchronous. */
export function beforeInterruption(action: () => void): void {
  cleanUp = action;
}
