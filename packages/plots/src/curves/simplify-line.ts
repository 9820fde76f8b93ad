/** A line may be off by so much, in pixels. */
const tolerance = 0.1;

type Place = readonly [x: number, y: number];

/**
 * Leaves out the points of a line without which it looks the same: first all but the first, the lowest, the highest and the last
 * of each column of pixels (which is all that is seen there), then those that lie on the way between their neighbours.
 * Corners and jumps stay as they are, and a straight line keeps its two ends.
 *
 * @param points ordered from left to right
 * @param place where a point falls, in pixels
 */
export function thinLine<Point>(points: readonly Point[], place: (point: Point) => Place): Point[] {
  const placed = points.map((point) => ({ point, place: place(point) }));
  return withoutStraight(extremesOfColumns(placed)).map(({ point }) => point);
}

interface Placed<Point> {
  point: Point;
  place: Place;
}

function extremesOfColumns<Point>(points: readonly Placed<Point>[]): Placed<Point>[] {
  const columns: Placed<Point>[][] = [];
  let current = Number.NaN;
  for (const point of points) {
    const column = Math.floor(point.place[0]);
    if (column !== current) columns.push([]);
    current = column;
    columns.at(-1)?.push(point);
  }
  return columns.flatMap((column) => {
    if (column.length <= 4) return column;
    const heights = column.map(({ place: [, y] }) => y);
    const least = heights.reduce((found, y, i) => (y < (heights[found] as number) ? i : found), 0);
    const most = heights.reduce((found, y, i) => (y > (heights[found] as number) ? i : found), 0);
    return column.filter((_, i) => i === 0 || i === least || i === most || i === column.length - 1);
  });
}

/** Douglas and Peucker (1973): between two points that are kept, the one farthest from their chord is kept too, if it is far enough. */
function withoutStraight<Point>(points: readonly Placed<Point>[]): Placed<Point>[] {
  const kept = new Set([0, points.length - 1]);
  const open: [from: number, to: number][] = [[0, points.length - 1]];
  for (let chord = open.pop(); chord; chord = open.pop()) {
    const [from, to] = chord;
    let farthest = from;
    let most = tolerance;
    for (let i = from + 1; i < to; i++) {
      const away = distance(placeOf(points, i), placeOf(points, from), placeOf(points, to));
      if (away > most) [farthest, most] = [i, away];
    }
    if (farthest === from) continue;
    kept.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => kept.has(i));
}

const placeOf = <Point>(points: readonly Placed<Point>[], i: number) => (points[i] as Placed<Point>).place;

/** From a point to the chord between two others. */
function distance([x, y]: Place, [fromX, fromY]: Place, [toX, toY]: Place): number {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / length));
  return Math.hypot(x - fromX - along * dx, y - fromY - along * dy);
}
