/** Steps before a measurement: in the first ones a step is traced, compiled and compared. */
export const WARM_UP = 6;

/** Steps after which one has run compiled, whether one trace is enough or two are needed. */
export const TRACED = 3;

/** Milliseconds after which a pace is believed, however few steps they were. */
export const ENOUGH_MS = 250;

/** Steps that are measured together, as many as a sweep reads at once. */
const TOGETHER = 8;

/** Measurements, of which the fastest counts: nothing but other work on the machine makes a step slower. */
const MEASUREMENTS = 3;

/**
 * Measures how long a step takes once it is compiled.
 *
 * @param run trains steps and waits until the device has done them
 * @param budget milliseconds after which no further step begins
 * @param now milliseconds of a clock
 * @returns milliseconds a step; null where the budget was spent before there was a measurement
 */
export async function measurePace(
  run: (steps: number) => Promise<void>,
  budget: number,
  now: () => number = () => performance.now(),
): Promise<number | null> {
  const end = now() + budget;
  for (let i = 0; i < WARM_UP; i++) {
    if (now() >= end) return null;
    await run(1);
  }
  let fastest: number | null = null;
  for (let i = 0; i < MEASUREMENTS && now() < end; i++) {
    const start = now();
    await run(TOGETHER);
    const pace = (now() - start) / TOGETHER;
    fastest = fastest === null ? pace : Math.min(fastest, pace);
  }
  return fastest;
}

/** How much faster a step must be: less would not outweigh that results differ in their last digits from run to run. */
const WORTH_MOVING = 1.5;

/**
 * Whether trainings should move to another backend, where one runs at a time.
 *
 * @param present milliseconds a step takes on the present backend
 * @param other milliseconds on the other one; null where that could not be measured
 * @param lanes trainings that run side by side on the present backend
 */
export function isWorthMoving(present: number, other: number | null, lanes: number): boolean {
  return other !== null && other * WORTH_MOVING * lanes < present;
}

/** Milliseconds of work below which nothing is measured. */
const LEAST_WORK = 5000;

/** The share of the work that measuring the other backend may take, and the most milliseconds. */
const SHARE = 0.1;
const MOST_MEASURING = 2000;

/**
 * Milliseconds for which the other backend may be opened and measured.
 *
 * @param work milliseconds that the present backend would take
 * @returns 0 where it is not worth it
 */
export function measuringBudget(work: number): number {
  return work < LEAST_WORK ? 0 : Math.min(MOST_MEASURING, SHARE * work);
}
