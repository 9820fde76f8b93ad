import type { View } from 'vega';

/** The bounds of a panel, and the positions of values in it: all in pixels of the figure. */
export interface PanelBounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (value: number) => number;
  y: (value: number) => number;
}

/** The parts of Vega's scene graph that are needed here; its own types leave them open. */
interface Mark {
  name?: string;
  marktype: string;
  items: readonly Group[];
}

interface Group {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  items?: readonly Mark[];
}

/**
 * Finds a panel by the name of its view in the specification.
 *
 * @param view after it was rendered
 * @returns null where the figure has no panel with that name
 */
export function panelBounds(view: View, name: string): PanelBounds | null {
  const { root } = view.scenegraph() as unknown as { root: Mark };
  const { left, top } = view.padding() as { left: number; top: number };
  const found = find(root, `${name}_group`, left, top);
  if (!found) return null;
  const { x, y, width, height } = found;
  const xScale = view.scale(`${name}_x`) as (value: number) => number;
  const yScale = view.scale(`${name}_y`) as (value: number) => number;
  return {
    left: x,
    right: x + width,
    top: y,
    bottom: y + height,
    x: (value) => x + xScale(value),
    y: (value) => y + yScale(value),
  };
}

function find(mark: Mark, name: string, left: number, top: number): Required<Omit<Group, 'items'>> | null {
  if (mark.marktype !== 'group') return null;
  for (const { x = 0, y = 0, width = 0, height = 0, items = [] } of mark.items) {
    const bounds = { x: left + x, y: top + y, width, height };
    if (mark.name === name) return bounds;
    for (const inner of items) {
      const found = find(inner, name, bounds.x, bounds.y);
      if (found) return found;
    }
  }
  return null;
}
