import { expect, test } from 'vitest';
import { thinPoints } from '../src/curves/thin-points.js';
import { random } from './sample-run.js';

const place = ({ x, y }: { x: number; y: number }) => [x, y] as const;

test('few points are all kept, also where they coincide', () => {
  const points = [
    { x: 1, y: 1 },
    { x: 1, y: 1 },
  ];
  expect(thinPoints(points, place, 2)).toEqual(points);
});

test('of many points each has a kept one within its cell', () => {
  const draw = random(4);
  const points = Array.from({ length: 5000 }, () => ({ x: 60 * draw(), y: 40 * draw() }));
  const kept = thinPoints(points, place, 1000);
  expect(kept.length).toBeLessThanOrEqual(31 * 21);
  for (const { x, y } of points) {
    expect(kept.some((point) => Math.abs(point.x - x) <= 2 && Math.abs(point.y - y) <= 2)).toBe(true);
  }
});
