// The quotient of two rates may be infinite, or 0, where both can be drawn, so everything here subtracts logarithms.

/** Where a value lies on a logarithmic scale: 0 at the lower end of its domain, 1 at the upper one. */
export function logShare(value: number, [low, high]: readonly [number, number]): number {
  return (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low));
}

/** A logarithmic domain that extends beyond two values by a share of its length, or by a factor of two around a single one. */
export function logDomain(low: number, high: number, share: number): [number, number] {
  const margin = low === high ? 2 : Math.exp(share * (Math.log(high) - Math.log(low)));
  return [Math.max(low / margin, Number.MIN_VALUE), Math.min(high * margin, Number.MAX_VALUE)];
}
