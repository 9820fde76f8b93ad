import seedrandom from 'seedrandom';

/** Numbers in [0, 1), one a call. */
export type Random = () => number;

/**
 * A seeded stream of random numbers (Alea, the generator that TensorFlow.js itself draws from). The parts of the name
 * make independent streams: `seededRandom(0, 'batches')` and `seededRandom(0, 'dropout')` share nothing.
 */
export function seededRandom(seed: number, ...purpose: (string | number)[]): Random {
  return seedrandom.alea([seed, ...purpose].join('/'));
}

/**
 * Runs `action` while `Math.random` draws from `random`. TensorFlow.js's initialisers, dropout and noise layers all take
 * their seeds from `Math.random`, so this is what makes them reproducible. `action` must be synchronous: nobody else's
 * code may meet the replaced function.
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
