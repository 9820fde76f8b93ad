/** A value at a step; steps count from 0 and may be fractions. */
export interface StepValue {
  step: number;
  value: number;
}

/** How often the place of a jump is halved: from one step down to where float64 no longer tells its sides apart. */
const halvings = 40;

/**
 * A function of the step as a line from step 0 to the last: its values at all whole steps, with further ones between them where
 * steps are wider than a pixel, and both sides of every jump that would be seen as a ramp.
 *
 * @param last the last step, at least 1
 * @param columns width of the picture in pixels
 */
export function stepLine(of: (step: number) => number, last: number, columns: number): StepValue[] {
  const parts = Math.max(1, Math.ceil((2 * columns) / last));
  const line: StepValue[] = [];
  for (let i = 0; i <= last * parts; i++) {
    const next = { step: i / parts, value: of(i / parts) };
    const before = line.at(-1);
    // With many steps to a pixel, from one to the next is upright anyway.
    if (before && last < 20 * columns) line.push(...jumpBetween(of, before, next));
    line.push(next);
  }
  return line;
}

/** Both sides of a jump between two neighbours, or nothing where the function moves from one to the other without any. */
function jumpBetween(of: (step: number) => number, before: StepValue, after: StepValue): StepValue[] {
  if (before.value === after.value) return [];
  let [left, right] = [before, after];
  for (let halving = 0; halving < halvings; halving++) {
    const step = (left.step + right.step) / 2;
    const middle = { step, value: of(step) };
    if (Math.abs(middle.value - left.value) > Math.abs(right.value - middle.value)) right = middle;
    else left = middle;
    // Ten halvings take a slope to a thousandth of its height; a jump keeps it.
    const rest = Math.abs(right.value - left.value) / Math.abs(after.value - before.value);
    if (halving >= 10 && rest < 0.05) return [];
  }
  // Both sides stand at one place, but for rounding.
  const step = Number(right.step.toFixed(6));
  return [
    { step, value: left.value },
    { step, value: right.value },
  ];
}
