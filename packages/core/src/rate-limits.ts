/** Rates that a step can take: float32, in which training steps compute, holds none beyond them in full precision. */
export const RATE_LIMITS = [1e-37, 1e37] as const;
