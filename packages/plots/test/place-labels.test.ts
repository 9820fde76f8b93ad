import { describe, expect, test } from 'vitest';
import { type Flag, flagGap, placeLabels } from '../src/place-labels.js';
import { random } from './sample-run.js';

/** Left and right end of a text, written anew: beside its line, with a gap. */
const reach = ({ x, width }: Flag, side: 'left' | 'right') =>
  side === 'right' ? [x + flagGap, x + flagGap + width] : [x - flagGap - width, x - flagGap];

function faults(flags: Flag[], panel: number): string[] {
  const placed = placeLabels(flags, panel);
  const found: string[] = [];
  flags.forEach((flag, i) => {
    const own = placed[i] as (typeof placed)[number];
    const [left, right] = reach(flag, own.side) as [number, number];
    if (left < 0 || right > panel) found.push(`${i} leaves the panel`);
    flags.forEach((other, j) => {
      if (i === j) return;
      const its = placed[j] as (typeof placed)[number];
      const [otherLeft, otherRight] = reach(other, its.side) as [number, number];
      if (own.lane === its.lane && left < otherRight && otherLeft < right) found.push(`${i} overlaps ${j}`);
      // The line of i passes every lane up to its own.
      if (its.lane <= own.lane && flag.x > otherLeft && flag.x < otherRight) found.push(`line ${i} crosses ${j}`);
    });
  });
  return found;
}

describe('placed labels', () => {
  test('share the lowest lane where they are far apart', () => {
    const placed = placeLabels(
      [
        { x: 100, width: 80 },
        { x: 300, width: 80 },
        { x: 500, width: 80 },
      ],
      700,
    );
    expect(placed).toEqual([
      { lane: 0, side: 'right' },
      { lane: 0, side: 'right' },
      { lane: 0, side: 'right' },
    ]);
  });

  test('of two at one place stand on either side', () => {
    const placed = placeLabels(
      [
        { x: 300, width: 80 },
        { x: 300, width: 80 },
      ],
      700,
    );
    expect(placed.map(({ side }) => side).sort()).toEqual(['left', 'right']);
    expect(placed.map(({ lane }) => lane)).toEqual([0, 0]);
  });

  test('turn to the left at the right edge', () => {
    expect(placeLabels([{ x: 690, width: 80 }], 700)).toEqual([{ lane: 0, side: 'left' }]);
  });

  test('of none are none', () => {
    expect(placeLabels([], 700)).toEqual([]);
  });

  test('never overlap, leave the panel, or are crossed by a line, wherever the lines are', () => {
    const draw = random(3);
    for (let trial = 0; trial < 3000; trial++) {
      const panel = 270 + 500 * draw();
      const near = draw() < 0.5;
      const middle = panel * draw();
      const flags = Array.from({ length: 1 + Math.floor(3 * draw()) }, () => ({
        x: near ? Math.min(panel, Math.max(0, middle + 40 * (draw() - 0.5))) : panel * draw(),
        width: (0.2 + 0.13 * draw()) * panel,
      }));
      expect(faults(flags, panel), JSON.stringify({ panel, flags })).toEqual([]);
    }
  });
});
