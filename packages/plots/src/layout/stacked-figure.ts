import type { TopLevelSpec } from 'vega-lite';

/** A Vega-Lite specification of views stacked above each other. */
export type StackedSpec = Extract<TopLevelSpec, { vconcat: unknown }>;

/** One of the stacked views. */
export type View = StackedSpec['vconcat'][number];

/** One of the layers that a view draws over each other. */
export type Layer = Extract<View, { layer: unknown }>['layer'][number];

/** Where the panels of a figure are, in pixels. */
export interface StackedLayout {
  /** Height of the whole figure. */
  height: number;
  /** Width of the panels without their axes. */
  inner: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Space between the panels. */
  spacing: number;
}

/** The part of the specification that fixes the size of a figure of stacked panels. */
export function stackedFigure({ height, inner, left, top, right, bottom, spacing }: StackedLayout) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    // Sets the size of the whole figure; Vega-Lite has no property for it where views are stacked.
    autosize: 'none' as const,
    padding: { left, top, right, bottom },
    params: [
      { name: 'width', value: inner },
      { name: 'height', value: height - top - bottom },
    ],
    bounds: 'flush' as const,
    spacing,
  };
}
