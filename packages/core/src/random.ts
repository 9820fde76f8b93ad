import seedrandom from 'seedrandom';

/** A stream of random numbers: uniform in [0, 1), one a call. */
export type Random = () => number;

/**
 * A seeded stream of random numbers (Alea, the generator that TensorFlow.js itself uses). Streams with different
 * purposes are independent: `seededRandom(0, 'batches')` and `seededRandom(0, 'dropout')` share nothing.
 *
 * @param purpose names the stream
 */
export function seededRandom(seed: number, ...purpose: (string | number)[]): Random {
  return seedrandom.alea([seed, ...purpose].join('/'));
}

/**
 * Runs `action` while `Math.random` draws from `random`. TensorFlow.js's initialisers, dropout and noise layers take
 * their seeds from `Math.random`; this makes them reproducible.
 *
 * @param action must be synchronous, so that no other code sees the replaced function
 */
export function withMathRandom<Result>(random: Random, action: () => Result): Result {
  const original = Math.random;
  Math.random = random;
  try {
    return action();
  } finally {
    Math.random = original;
  }
}
