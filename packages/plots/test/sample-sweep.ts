import type { SweepResult } from '@lrfind/core/results';

/** The shape of a made-up sweep. */
export interface SweepShape {
  seeds?: number;
  steps?: number;
  low?: number;
  high?: number;
  /** Loss before anything is learned, and how far it falls. */
  start?: number;
  fall?: number;
  /** Rates at the middle of the fall, and where the loss begins to explode; null for never. */
  middle?: number;
  explosion?: number | null;
  /** Spread of the batch losses, in units of the fall. */
  noise?: number;
  /** Steps between validation losses; 0 for none. */
  validationEvery?: number;
  /** Losses of which one is null; 0 for none. */
  nullEvery?: number;
}

/** A repeatable random number from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A sweep result whose loss is a formula: a logistic fall in the logarithm of the rate, then an explosion like the cube
 * of the rate. Its smoothed curve is the formula itself, its slope the formula's derivative.
 */
export function sampleSweep(shape: SweepShape = {}, changes: Partial<SweepResult> = {}): SweepResult {
  const { seeds = 5, steps = 120, low = 1e-6, high = 10, start = 2.3, fall = 1.9, middle = 3e-3 } = shape;
  const { explosion = 0.6, noise = 0.06, validationEvery = 0, nullEvery = 0 } = shape;
  const draw = random(7);
  const rates = Array.from({ length: steps }, (_, step) =>
    steps === 1 ? low : low * (high / low) ** (step / (steps - 1)),
  );
  const logistic = (rate: number) => 1 / (1 + (rate / middle) ** -1.3);
  const burst = (rate: number) => (explosion === null ? 0 : (rate / explosion) ** 3);
  const loss = (rate: number) => start - fall * logistic(rate) + 0.3 * fall * burst(rate);
  // d/d log10(rate): the logistic gives k·s·(1 − s), the cube 3·burst, both times ln 10.
  const slope = (rate: number) => {
    const s = logistic(rate);
    return Math.LN10 * (-fall * 1.3 * s * (1 - s) + 0.3 * fall * 3 * burst(rate));
  };
  const limit = explosion === null ? Number.POSITIVE_INFINITY : start + 2 * fall;
  const swept = rates.filter((rate, step) => step < 2 || loss(rate) <= limit);

  const measured = Array.from({ length: seeds }, (_, seed) => ({
    seed,
    points: swept.map((rate, step) => {
      const scatter = (draw() + draw() + draw() - 1.5) * 1.4 * noise * fall;
      const point = {
        step,
        rate,
        loss: nullEvery > 0 && step % nullEvery === nullEvery - 1 ? null : loss(rate) + scatter * (1 + 4 * burst(rate)),
      };
      const measures = validationEvery > 0 && step % validationEvery === 0;
      return measures ? { ...point, validation: loss(rate) + 0.08 * fall } : point;
    }),
    stopped: swept.length < rates.length ? ('diverged' as const) : ('end' as const),
  }));

  const curve = swept.map((rate, step) => {
    const losses = measured.flatMap(({ points }) => points[step]?.loss ?? []).sort((a, b) => a - b);
    const at = (share: number) => losses[Math.round(share * (losses.length - 1))] ?? null;
    return {
      rate,
      median: at(0.5),
      low: at(0.25),
      high: at(0.75),
      smoothed: losses.length === 0 ? null : loss(rate),
      slope: losses.length === 0 ? null : slope(rate),
    };
  });

  const location = (rate: number) => ({ rate, loss: loss(rate) });
  return {
    format: 'lrfind-sweep',
    version: 2,
    suggestion: { learningRate: middle * 1.5, low: middle / 2, high: middle * 4, method: 'valley', verdict: 'sure' },
    reason: null,
    suggestions: { valley: middle * 1.5, steepest: middle },
    steepest: location(middle),
    divergence: explosion === null ? null : location(explosion * 1.2),
    minimum: null,
    range: { low: middle / 20, high: middle * 20 },
    diagnosis: ['The curve is smooth.'],
    sweeps: measured,
    curve,
    setup: {
      model: 'mnist-mlp',
      parameters: 109386,
      weights: 'drawn',
      loss: 'categoricalCrossentropy',
      optimizer: { name: 'Adam' },
      rows: 48000,
      validationRows: 12000,
      notes: [],
    },
    options: {},
    environment: {
      lrfind: '0.1.0',
      tfjs: '4.22.0',
      node: '20.20.2',
      platform: 'linux-x64',
      backend: 'wasm',
      device: 'CPU',
      started: '2025-01-01T00:00:00.000Z',
      seconds: 3.2,
      msPerStep: 4.1,
    },
    ...changes,
  };
}

/**
 * A sweep with groups of layers, whose losses are the same formula, each at rates a third of those of the one before. The last group
 * has the layers without a pattern.
 *
 * @param count of groups
 * @param shape of all of them
 * @param names by which the groups are called; `layer 1` and so on by default
 */
export function sampleGroups(count: number, shape: SweepShape = {}, names: readonly string[] = []): SweepResult {
  const groups = Array.from({ length: count }, (_, i) => {
    const middle = 3e-2 / 3 ** i;
    const last = i === count - 1;
    const name = last ? 'others' : (names[i] ?? `layer ${i + 1}`);
    const { suggestion, reason, suggestions, steepest, divergence, minimum, range, diagnosis, sweeps, curve } =
      sampleSweep({ middle, ...(shape.explosion !== null && { explosion: 200 * middle }), ...shape });
    return {
      ...{ name, pattern: last ? null : name, multiplier: last ? 1 : 0.1, layers: [name], parameters: 1000 * (i + 1) },
      ...{ suggestion, reason, suggestions, steepest, divergence, minimum, range, diagnosis, sweeps, curve },
    };
  });
  return sampleSweep(shape, { groups });
}
