/** A text that belongs to a vertical line. */
export interface Flag {
  /** where the line stands, in pixels from the left edge */
  x: number;
  /** width of the text in pixels */
  width: number;
}

/** Where the text goes: into a lane counted from 0 at the bottom, beside the end of its line or on top of it. */
export interface Placement {
  lane: number;
  side: 'right' | 'left' | 'top';
  /** left end of the text, in pixels */
  left: number;
}

/** Space between a line and its own text, and least space between two texts, in pixels. */
const gap = 5;
const clearance = 6;

/**
 * Places texts above a panel, each at the line that rises from the panel to it, so that no two overlap, none leaves the
 * panel's width, and no line runs through the text of another. Of all such placements the one with the fewest lanes is
 * taken, then the lowest, then the one with most texts on the right; on top only where there is no room on either side.
 * All are tried: there are 15ⁿ at most for the n ≤ 3 lines of a chart.
 *
 * @param flags lines and text widths, in any order
 * @param panel width of the panel
 * @returns one placement for each flag, in the same order
 */
export function placeLabels(flags: readonly Flag[], panel: number): Placement[] {
  let best: Placement[] = [];
  let least = Number.POSITIVE_INFINITY;
  const tryAll = (placed: Placement[]) => {
    const flag = flags[placed.length];
    if (flag === undefined) {
      const cost = costOf(flags, placed, panel);
      if (cost < least) {
        least = cost;
        best = placed;
      }
      return;
    }
    for (let lane = 0; lane < flags.length; lane++) {
      for (const place of places(flag, panel)) tryAll([...placed, { lane, ...place }]);
    }
  };
  tryAll([]);
  return best;
}

function places({ x, width }: Flag, panel: number): Omit<Placement, 'lane'>[] {
  const onTop = [x - width / 2, x, x - width].map((left) => Math.max(0, Math.min(left, panel - width)));
  return [
    { side: 'right', left: x + gap },
    { side: 'left', left: x - gap - width },
    ...onTop.map((left) => ({ side: 'top' as const, left })),
  ];
}

/** What a placement costs; faults are so dear that one is taken only where nothing else is left. */
function costOf(flags: readonly Flag[], placed: readonly Placement[], panel: number): number {
  let cost = 0;
  placed.forEach(({ lane, side, left }, i) => {
    const { x, width } = flags[i] as Flag;
    const right = left + width;
    cost += lane + 10 * lane * lane + { right: 0, left: 0.01, top: 50 }[side];
    if (left < 0 || right > panel) cost += 1e4;
    placed.forEach((other, j) => {
      if (i === j) return;
      const otherRight = other.left + (flags[j] as Flag).width;
      const apart = right + clearance <= other.left || otherRight + clearance <= left;
      if (lane === other.lane && !apart) cost += 1e6;
      const passes = other.lane < lane || (other.lane === lane && side !== 'top');
      if (passes && x > other.left - clearance / 2 && x < otherRight + clearance / 2) cost += 1e5;
    });
  });
  return cost;
}
