/** A text that annotates a vertical line. Lengths are in pixels. */
export interface Label {
  /** Position of the line from the left end of the panel. */
  x: number;
  /** Width of the text. */
  width: number;
}

/** Where a label goes: into a lane counted from 0 at the bottom, beside the end of its line or on top of it. */
export interface Placement {
  lane: number;
  side: 'right' | 'left' | 'top';
  /** Left end of the text, in pixels. */
  left: number;
}

/** Space between a line and its own text, in pixels. */
const gap = 5;
/** Minimum space between two texts, in pixels. */
const clearance = 6;

/**
 * Places labels above a panel, each at the line that rises from the panel to it. No two overlap, none leaves the panel's
 * width, and no line crosses another's label. Of all such placements it takes the one with the fewest lanes, then the
 * lowest, then the one with most labels on the right; on top only where neither side has room. It tries all placements,
 * at most 15ⁿ for the n ≤ 3 lines of a chart.
 *
 * @param labels in any order
 * @param panel width of the panel, in pixels
 * @returns a placement for each label, in the same order
 */
export function placeLabels(labels: readonly Label[], panel: number): Placement[] {
  let best: Placement[] = [];
  let least = Number.POSITIVE_INFINITY;
  const tryAll = (placed: Placement[]) => {
    const label = labels[placed.length];
    if (label === undefined) {
      const cost = costOf(labels, placed, panel);
      if (cost < least) {
        least = cost;
        best = placed;
      }
      return;
    }
    for (let lane = 0; lane < labels.length; lane++) {
      for (const position of positions(label, panel)) tryAll([...placed, { lane, ...position }]);
    }
  };
  tryAll([]);
  return best;
}

function positions({ x, width }: Label, panel: number): Omit<Placement, 'lane'>[] {
  const onTop = [x - width / 2, x, x - width].map((left) => Math.max(0, Math.min(left, panel - width)));
  return [
    { side: 'right', left: x + gap },
    { side: 'left', left: x - gap - width },
    ...onTop.map((left) => ({ side: 'top' as const, left })),
  ];
}

/** The cost of a placement; a fault costs more than any placement without one. */
function costOf(labels: readonly Label[], placed: readonly Placement[], panel: number): number {
  let cost = 0;
  placed.forEach(({ lane, side, left }, i) => {
    const { x, width } = labels[i] as Label;
    const right = left + width;
    cost += lane + 10 * lane * lane + { right: 0, left: 0.01, top: 50 }[side];
    if (left < 0 || right > panel) cost += 1e4;
    placed.forEach((other, j) => {
      if (i === j) return;
      const otherRight = other.left + (labels[j] as Label).width;
      const apart = right + clearance <= other.left || otherRight + clearance <= left;
      if (lane === other.lane && !apart) cost += 1e6;
      const passes = other.lane < lane || (other.lane === lane && side !== 'top');
      if (passes && x > other.left - clearance / 2 && x < otherRight + clearance / 2) cost += 1e5;
    });
  });
  return cost;
}
