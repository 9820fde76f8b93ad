import { expect, test } from 'vitest';
import { thinLine } from '../src/curves/simplify-line.js';
import { random } from './sample-run.js';

type Point = [x: number, y: number];
const thin = (points: Point[]) => thinLine(points, (point) => point);

test('a straight line keeps its two ends', () => {
  expect(thin(Array.from({ length: 500 }, (_, i): Point => [i / 2, i / 5]))).toEqual([
    [0, 0],
    [249.5, 99.8],
  ]);
  expect(thin([[3, 4]])).toEqual([[3, 4]]);
});

test('corners and upright jumps stay exactly where they are', () => {
  const corners: Point[] = [
    [0, 50],
    [40, 50],
    [40, 10],
    [80, 10],
    [90, 60],
  ];
  const between = corners.flatMap(([x, y], i): Point[] => {
    const [nextX, nextY] = corners[i + 1] ?? [x, y];
    return Array.from({ length: 20 }, (_, j): Point => [x + ((nextX - x) * j) / 20, y + ((nextY - y) * j) / 20]);
  });
  expect(thin([...between, [90, 60]])).toEqual(corners);
});

test('no point is further than a tenth of a pixel from the thinned line where columns are not crowded', () => {
  const draw = random(3);
  for (let trial = 0; trial < 50; trial++) {
    const [a, b] = [draw() / 20, 80 * draw()];
    const points = Array.from({ length: 800 }, (_, i): Point => [i / 2, b * Math.sin(a * i) + i * draw() * 0.001]);
    const kept = thin(points);
    expect(kept.length).toBeLessThan(points.length);
    for (const [x, y] of points) {
      const next = kept.findIndex(([right]) => right >= x);
      const [[left, low], [right, high]] = [kept[Math.max(0, next - 1)] as Point, kept[next] as Point];
      const there = right === left ? high : low + ((high - low) * (x - left)) / (right - left);
      // From the line, not straight up.
      const slope = right === left ? 0 : (high - low) / (right - left);
      expect(Math.abs(y - there) / Math.hypot(1, slope)).toBeLessThan(0.1001);
    }
  }
});

test('a column of pixels with many points keeps what it reaches', () => {
  const points = Array.from({ length: 100_000 }, (_, i): Point => [i / 1000, i === 50_123 ? 300 : i % 2 ? 10 : 90]);
  const kept = thin(points);
  expect(kept.length).toBeLessThan(4 * 101);
  expect(kept).toContainEqual([50.123, 300]);
  for (let column = 0; column < 100; column++) {
    const heights = kept.filter(([x]) => Math.floor(x) === column).map(([, y]) => y);
    expect([Math.min(...heights), Math.max(...heights)]).toEqual([10, column === 50 ? 300 : 90]);
  }
});
