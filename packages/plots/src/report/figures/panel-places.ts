import type { View } from 'vega';

/** Where a panel stands in a picture, and where values stand in it: all in pixels of the picture. */
export interface PanelPlace {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (value: number) => number;
  y: (value: number) => number;
}

/** The parts of Vega's scene that are looked at; its own types leave them open. */
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
 * Finds a panel by the name that the specification gives its view.
 *
 * @param view after it was drawn
 * @returns null where the picture has no panel of that name
 */
export function panelPlace(view: View, name: string): PanelPlace | null {
  const { root } = view.scenegraph() as unknown as { root: Mark };
  const { left, top } = view.padding() as { left: number; top: number };
  const found = find(root, `${name}_group`, left, top);
  if (!found) return null;
  const { x, y, width, height } = found;
  const across = view.scale(`${name}_x`) as (value: number) => number;
  const down = view.scale(`${name}_y`) as (value: number) => number;
  return {
    left: x,
    right: x + width,
    top: y,
    bottom: y + height,
    x: (value) => x + across(value),
    y: (value) => y + down(value),
  };
}

function find(mark: Mark, name: string, left: number, top: number): Required<Omit<Group, 'items'>> | null {
  if (mark.marktype !== 'group') return null;
  for (const { x = 0, y = 0, width = 0, height = 0, items = [] } of mark.items) {
    const place = { x: left + x, y: top + y, width, height };
    if (mark.name === name) return place;
    for (const inner of items) {
      const found = find(inner, name, place.x, place.y);
      if (found) return found;
    }
  }
  return null;
}
