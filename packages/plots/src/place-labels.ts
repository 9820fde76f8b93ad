/** A text that belongs to a vertical line. */
export interface Flag {
  /** where the line stands, in pixels from the left edge */
  x: number;
  /** width of the text in pixels */
  width: number;
}

/** Where the text goes: beside its line, in a lane counted from 0 at the bottom. */
export interface Placement {
  lane: number;
  side: 'left' | 'right';
}

/** Space between a line and its own text, in pixels. */
export const flagGap = 5;

const clearance = 6;

/**
 * Places texts above a panel, each beside the line that rises from the panel to it, so that no two overlap, none leaves
 * the panel's width, and no line runs through the text of another. Of all such placements the one with the fewest lanes
 * is taken, then the lowest, then the one with most texts on the right. All are tried: there are 8ⁿ at most for the
 * three or four lines of a chart.
 *
 * @param flags lines and text widths, in any order
 * @param width width of the panel
 * @returns one placement for each flag, in the same order
 */
export function placeLabels(flags: readonly Flag[], width: number): Placement[] {
  let best: Placement[] = [];
  let least = Number.POSITIVE_INFINITY;
  const tryAll = (placed: Placement[]) => {
    if (placed.length === flags.length) {
      const cost = costOf(flags, placed, width);
      if (cost < least) {
        least = cost;
        best = placed;
      }
      return;
    }
    for (let lane = 0; lane < flags.length; lane++) {
      for (const side of ['right', 'left'] as const) tryAll([...placed, { lane, side }]);
    }
  };
  tryAll([]);
  return best;
}

/** Left and right end of a text. */
export function extent({ x, width }: Flag, side: Placement['side']): [number, number] {
  return side === 'right' ? [x + flagGap, x + flagGap + width] : [x - flagGap - width, x - flagGap];
}

/** What a placement costs; faults are so dear that one is taken only where nothing else is left. */
function costOf(flags: readonly Flag[], placed: readonly Placement[], panel: number): number {
  let cost = 0;
  placed.forEach(({ lane, side }, i) => {
    const flag = flags[i] as Flag;
    const [left, right] = extent(flag, side);
    cost += lane + (side === 'left' ? 0.01 : 0) + 10 * lane * lane;
    cost += 1e4 * (Math.max(0, -left) + Math.max(0, right - panel));
    placed.forEach((other, j) => {
      if (i === j) return;
      const [otherLeft, otherRight] = extent(flags[j] as Flag, other.side);
      const apart = right + clearance <= otherLeft || otherRight + clearance <= left;
      if (lane === other.lane && !apart) cost += 1e8;
      const crosses = flag.x > otherLeft - clearance / 2 && flag.x < otherRight + clearance / 2;
      if (other.lane <= lane && crosses) cost += 1e5;
    });
  });
  return cost;
}
