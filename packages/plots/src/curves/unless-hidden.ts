/** Where a point of a line is: below the axis (-1), on it (0), above it (1); null for a gap. */
export type Side = -1 | 0 | 1 | null;

/** Where a value, or a band from a low to a high value, is. */
export function sideOf([bottom, top]: readonly [number, number], low: number | null, high: number | null = low): Side {
  if (low === null || high === null) return null;
  return high < bottom ? -1 : low > top ? 1 : 0;
}

/**
 * The points of a clipped line, or none where all of the line is outside the axis: the renderer cannot draw a clipped shape
 * that lies wholly beyond the picture.
 */
export function unlessHidden<Point>(points: readonly Point[], sideOf: (point: Point) => Side): readonly Point[] {
  const sides = points.map(sideOf);
  const shows = sides.some((side, i) => side === 0 || (side !== null && side === -(sides[i + 1] ?? 0)));
  return shows ? points : [];
}
