type Position = readonly [x: number, y: number];

interface Positioned<Point> {
  point: Point;
  position: Position;
}

/** Maximum distance between a line and the simplified one, in pixels. */
const tolerance = 0.1;

/**
 * Leaves out the points of a line that do not change how it looks. Of each column of pixels it keeps the first, lowest,
 * highest and last point, and of these it drops those on the way between their neighbours. Corners and jumps stay exactly
 * as they are, and a straight line keeps its two ends.
 *
 * @param points ordered from left to right
 * @param positionOf position of a point, in pixels
 */
export function simplifyLine<Point>(points: readonly Point[], positionOf: (point: Point) => Position): Point[] {
  const positioned = points.map((point) => ({ point, position: positionOf(point) }));
  return withoutStraight(extremesOfColumns(positioned)).map(({ point }) => point);
}

/**
 * Leaves out points that would cover each other: of many points it keeps one for each cell of two by two pixels. The
 * chart looks the same, and its file does not grow with the number of steps.
 *
 * @param positionOf position of a point, in pixels
 * @param limit up to this number it keeps all points
 */
export function thinPoints<Point>(
  points: readonly Point[],
  positionOf: (point: Point) => Position,
  limit: number,
): Point[] {
  if (points.length <= limit) return [...points];
  const taken = new Set<string>();
  return points.filter((point) => {
    const [x, y] = positionOf(point);
    const cell = `${Math.round(x / 2)} ${Math.round(y / 2)}`;
    return !taken.has(cell) && taken.add(cell);
  });
}

function extremesOfColumns<Point>(points: readonly Positioned<Point>[]): Positioned<Point>[] {
  const columns: Positioned<Point>[][] = [];
  let current = Number.NaN;
  for (const point of points) {
    const column = Math.floor(point.position[0]);
    if (column !== current) columns.push([]);
    current = column;
    columns.at(-1)?.push(point);
  }
  return columns.flatMap((column) => {
    if (column.length <= 4) return column;
    const heights = column.map(({ position: [, y] }) => y);
    const least = heights.reduce((found, y, i) => (y < (heights[found] as number) ? i : found), 0);
    const most = heights.reduce((found, y, i) => (y > (heights[found] as number) ? i : found), 0);
    return column.filter((_, i) => i === 0 || i === least || i === most || i === column.length - 1);
  });
}

/** Douglas and Peucker (1973): between two kept points, keep the one farthest from their chord if it is far enough. */
function withoutStraight<Point>(points: readonly Positioned<Point>[]): Positioned<Point>[] {
  const kept = new Set([0, points.length - 1]);
  const open: [from: number, to: number][] = [[0, points.length - 1]];
  const at = (i: number) => (points[i] as Positioned<Point>).position;
  for (let chord = open.pop(); chord; chord = open.pop()) {
    const [from, to] = chord;
    let farthest = from;
    let most = tolerance;
    for (let i = from + 1; i < to; i++) {
      const away = distance(at(i), at(from), at(to));
      if (away > most) [farthest, most] = [i, away];
    }
    if (farthest === from) continue;
    kept.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => kept.has(i));
}

/** Distance of a point from the chord between two others. */
function distance([x, y]: Position, [fromX, fromY]: Position, [toX, toY]: Position): number {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / length));
  return Math.hypot(x - fromX - along * dx, y - fromY - along * dy);
}
