/** A value at a step; steps count from 0 and may be fractions. */
export interface StepValue {
  step: number;
  value: number;
}

/** Bisections that narrow a jump down from one step to where float64 no longer tells its sides apart. */
const bisections = 40;

/**
 * A function of the step as a line from step 0 to the last. It has the values at all whole steps, further ones between
 * them where steps are wider than a pixel, and both sides of every jump that would otherwise look like a ramp.
 *
 * @param last the last step, at least 1
 * @param width of the chart, in pixels
 */
export function stepLine(of: (step: number) => number, last: number, width: number): StepValue[] {
  const parts = Math.max(1, Math.ceil((2 * width) / last));
  const line: StepValue[] = [];
  for (let i = 0; i <= last * parts; i++) {
    const next = { step: i / parts, value: of(i / parts) };
    const before = line.at(-1);
    // Where many steps share a pixel, the way from one to the next is vertical anyway.
    if (before && last < 20 * width) line.push(...jumpBetween(of, before, next));
    line.push(next);
  }
  return line;
}

/** Both sides of a jump between two neighbours; empty where the function has none. */
function jumpBetween(of: (step: number) => number, before: StepValue, after: StepValue): StepValue[] {
  if (before.value === after.value) return [];
  let [left, right] = [before, after];
  for (let bisection = 0; bisection < bisections; bisection++) {
    const step = (left.step + right.step) / 2;
    const middle = { step, value: of(step) };
    if (Math.abs(middle.value - left.value) > Math.abs(right.value - middle.value)) right = middle;
    else left = middle;
    // Ten bisections reduce a slope to a thousandth of its height; a jump keeps its height.
    const rest = Math.abs(right.value - left.value) / Math.abs(after.value - before.value);
    if (bisection >= 10 && rest < 0.05) return [];
  }
  // Both sides have the same step, except for rounding.
  const step = Number(right.step.toFixed(6));
  return [
    { step, value: left.value },
    { step, value: right.value },
  ];
}
