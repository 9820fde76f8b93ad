/** A learning rate as people write it: 0.0031, 3.1e-5, 12. Three significant digits unless told otherwise. */
export function rateText(rate: number, digits = 3): string {
  const rounded = Number(rate.toPrecision(digits));
  if (rounded === 0) return '0';
  const size = Math.abs(rounded);
  return size >= 1e-3 && size < 1e5 ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}

/** A count with thousands separators: 60,000. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}
