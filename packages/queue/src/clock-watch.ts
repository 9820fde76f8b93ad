/** Notices that the clock of this machine is set. */
export interface ClockWatch {
  /** Compares the clock with the time that has passed. */
  look(): void;
}

/** Milliseconds by which the clock may differ from the time that has passed since the last look: it is adjusted by small steps all the time. */
const NOTICED = 5000;

/**
 * Watches the clock. Trainings, locks and results do not depend on it; times of day do.
 *
 * @param onNote gets a sentence when the clock was set
 */
export function clockWatch(
  onNote: (note: string) => void,
  clock: () => number = Date.now,
  passed: () => number = () => performance.now(),
): ClockWatch {
  let offset = clock() - passed();
  return {
    look() {
      const now = clock() - passed();
      const jump = now - offset;
      if (Math.abs(jump) < NOTICED) return;
      offset = now;
      onNote(
        `the clock of this machine jumped ${jump > 0 ? 'forward' : 'back'} by ${Math.round(Math.abs(jump) / 1000)} s; trainings do not depend on it, but times of day in messages and results do`,
      );
    },
  };
}
