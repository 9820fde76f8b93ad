import { expect, test } from 'vitest';
import { simplifyLine, thinPoints } from '../../src/curves/simplify.js';
import { random } from '../sample-sweep.js';

type Point = [x: number, y: number];
const simplify = (points: Point[]) => simplifyLine(points, (point) => point);

test('a straight line keeps its two ends', () => {
  expect(simplify(Array.from({ length: 500 }, (_, i): Point => [i / 2, i / 5]))).toEqual([
    [0, 0],
    [249.5, 99.8],
  ]);
  expect(simplify([[3, 4]])).toEqual([[3, 4]]);
});

test('corners and vertical jumps stay exactly where they are', () => {
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
  expect(simplify([...between, [90, 60]])).toEqual(corners);
});

test('no point is further than a tenth of a pixel from the simplified line where columns are not crowded', () => {
  const draw = random(3);
  for (let trial = 0; trial < 50; trial++) {
    const [a, b] = [draw() / 20, 80 * draw()];
    const points = Array.from({ length: 800 }, (_, i): Point => [i / 2, b * Math.sin(a * i) + i * draw() * 0.001]);
    const kept = simplify(points);
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

test('a column of pixels with many points keeps its lowest and highest', () => {
  const points = Array.from({ length: 100_000 }, (_, i): Point => [i / 1000, i === 50_123 ? 300 : i % 2 ? 10 : 90]);
  const kept = simplify(points);
  expect(kept.length).toBeLessThan(4 * 101);
  expect(kept).toContainEqual([50.123, 300]);
  for (let column = 0; column < 100; column++) {
    const heights = kept.filter(([x]) => Math.floor(x) === column).map(([, y]) => y);
    expect([Math.min(...heights), Math.max(...heights)]).toEqual([10, column === 50 ? 300 : 90]);
  }
});

const position = ({ x, y }: { x: number; y: number }) => [x, y] as const;

test('few points are all kept, also where they coincide', () => {
  const points = [
    { x: 1, y: 1 },
    { x: 1, y: 1 },
  ];
  expect(thinPoints(points, position, 2)).toEqual(points);
});

test('of many points each has a kept one within its cell', () => {
  const draw = random(4);
  const points = Array.from({ length: 5000 }, () => ({ x: 60 * draw(), y: 40 * draw() }));
  const kept = thinPoints(points, position, 1000);
  expect(kept.length).toBeLessThanOrEqual(31 * 21);
  for (const { x, y } of points) {
    expect(kept.some((point) => Math.abs(point.x - x) <= 2 && Math.abs(point.y - y) <= 2)).toBe(true);
  }
});
