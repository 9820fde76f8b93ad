import { describe, expect, test } from 'vitest';
import { type Label, placeLabels } from '../../src/layout/place-labels.js';
import { random } from '../sample-sweep.js';

function faults(labels: Label[], panel: number): string[] {
  const placed = placeLabels(labels, panel).map((placement, index) => {
    const { x, width } = labels[index] as Label;
    return { ...placement, x, right: placement.left + width };
  });
  const found: string[] = [];
  placed.forEach((own, i) => {
    if (own.left < 0 || own.right > panel) found.push(`${i} leaves the panel`);
    if (own.side !== 'top' && own.left < own.x && own.right > own.x) found.push(`line ${i} crosses itself`);
    placed.forEach((other, j) => {
      if (i === j) return;
      if (own.lane === other.lane && own.left < other.right && other.left < own.right) found.push(`${i} overlaps ${j}`);
      // A line passes every lane below its text, and that of the text unless it ends below it.
      const passed = other.lane < own.lane || (other.lane === own.lane && own.side !== 'top');
      if (passed && own.x > other.left && own.x < other.right) found.push(`line ${i} crosses ${j}`);
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
      { lane: 0, side: 'right', left: 105 },
      { lane: 0, side: 'right', left: 305 },
      { lane: 0, side: 'right', left: 505 },
    ]);
  });

  test('of two at one position are on either side', () => {
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
    expect(placeLabels([{ x: 690, width: 80 }], 700)).toEqual([{ lane: 0, side: 'left', left: 605 }]);
  });

  test('are on top of their lines where they are too wide for either side', () => {
    expect(placeLabels([{ x: 50, width: 80 }], 100)).toEqual([{ lane: 0, side: 'top', left: 10 }]);
    expect(placeLabels([{ x: 70, width: 80 }], 100)).toEqual([{ lane: 0, side: 'top', left: 20 }]);
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
      const labels = Array.from({ length: 1 + Math.floor(3 * draw()) }, () => ({
        x: near ? Math.min(panel, Math.max(0, middle + 40 * (draw() - 0.5))) : panel * draw(),
        width: (0.2 + 0.28 * draw()) * panel,
      }));
      expect(faults(labels, panel), JSON.stringify({ panel, labels })).toEqual([]);
    }
  });
});
