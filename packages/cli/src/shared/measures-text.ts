import type { Measures } from '@lrfind/core/results';

/** Loss and metrics in a line: `loss 0.2314   accuracy 0.9317`. */
export function measuresText({ loss, metrics }: Measures, prefix: string): string {
  return [['loss', loss] as const, ...Object.entries(metrics)]
    .map(([name, value]) => `${prefix}${name} ${measureText(value)}`)
    .join('   ');
}

/** A loss or metric with four digits. */
export function measureText(value: number | null): string {
  if (value === null) return 'not finite';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3) : value.toPrecision(4);
}
