/** Steps from 0 to the last that are round numbers, evenly spaced: 0 and at most five more. */
export function roundSteps(last: number): number[] {
  // Less than six strides fit in: five, and a part of one.
  const rough = last / 5.999;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = [1, 2, 5].find((candidate) => candidate * power >= rough) ?? 10;
  const stride = Math.max(1, Math.round(lead * power));
  return Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => i * stride);
}
