/// <reference path="./seedrandom-alea.d.ts" />
// Not the whole package, which loads five other generators and Node's crypto.
import alea from 'seedrandom/lib/alea.js';

/** A stream of random numbers: each call gives the next, uniform in [0, 1). */
export type Random = () => number;

/**
 * A seeded stream of random numbers (Alea, the generator that TensorFlow.js itself uses). Streams with different
 * purposes are independent, such as `seededRandom(0, 'batches')` and `seededRandom(0, 'dropout')`.
 *
 * @param seed equal seeds and purposes give equal streams
 * @param purpose distinguishes streams of the same seed
 */
export function seededRandom(seed: number, ...purpose: (string | number)[]): Random {
  return alea([seed, ...purpose].join('/'));
}

/**
 * Runs an action while `Math.random` draws from a stream. TensorFlow.js's initialisers, dropout and noise layers take
 * their seeds from `Math.random`, so this makes them reproducible.
 *
 * @param random the stream
 * @param action must be synchronous, so that no other code sees the replaced function
 * @returns the action's result
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
