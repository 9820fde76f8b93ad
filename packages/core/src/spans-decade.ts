/** Whether losses span a decade, all above 0, so that a linear axis would flatten the lower ones. */
export function spansDecade(losses: readonly number[]): boolean {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const loss of losses) [low, high] = [Math.min(low, loss), Math.max(high, loss)];
  return low > 0 && high >= 10 * low;
}
