/**
 * Leaves out points that would be drawn over each other: where there are many, one is kept for each cell of two by two
 * pixels. The picture looks the same, and its file does not grow with the number of steps.
 *
 * @param place where a point falls, in pixels
 * @param many up to this number all points are kept
 */
export function thinPoints<Point>(
  points: readonly Point[],
  place: (point: Point) => readonly [number, number],
  many: number,
): Point[] {
  if (points.length <= many) return [...points];
  const taken = new Set<string>();
  return points.filter((point) => {
    const [x, y] = place(point);
    const cell = `${Math.round(x / 2)} ${Math.round(y / 2)}`;
    return !taken.has(cell) && taken.add(cell);
  });
}
