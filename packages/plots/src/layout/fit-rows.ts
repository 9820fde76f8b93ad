/** A row of panels. Lengths are in pixels. */
export interface PanelRow {
  /** share of the height that all rows have together */
  share: number;
  /** the least height at which it shows something */
  least: number;
  /** what stands above it and is there only with it: its title, the axis of the row before */
  above: number;
}

/**
 * Shares a height among rows of panels. Where not all have their least height, the last is left out, and so on; the first always
 * stays.
 *
 * @param height of all rows with what stands above them
 * @returns the height of each row's panels; 0 for one that is left out
 */
export function fitRows(rows: readonly PanelRow[], height: number): number[] {
  for (let kept = rows.length; ; kept--) {
    const some = rows.slice(0, kept);
    const rest = height - some.reduce((sum, { above }) => sum + above, 0);
    const shares = some.reduce((sum, { share }) => sum + share, 0);
    const heights = some.map(({ share }) => Math.floor((rest * share) / shares));
    if (kept === 1 || some.every(({ least }, i) => (heights[i] as number) >= least)) {
      // What rounding left over goes to the first.
      const [first = 0, ...others] = heights;
      const over = rest - heights.reduce((sum, each) => sum + each, 0);
      return [first + over, ...others, ...rows.slice(kept).map(() => 0)];
    }
  }
}
