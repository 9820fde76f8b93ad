/**
 * Axes counted from the front, in order.
 *
 * @param axes one or several; negative ones count from the end
 * @param rank of the tensor
 */
export function axesOf(axes: unknown, rank: number): number[] {
  const list = [axes].flat() as number[];
  return [...new Set(list.map((axis) => (axis < 0 ? axis + rank : axis)))].toSorted((a, b) => a - b);
}

/** The shape of something that varies along some axes alone, for broadcasting: 1 along the others. */
export function alongAxes(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((length, i) => (axes.includes(i) ? length : 1));
}

/** All axes but the given ones. */
export function otherAxes(rank: number, axes: readonly number[]): number[] {
  return Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
}
