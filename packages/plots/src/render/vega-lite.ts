import type { TopLevelSpec } from 'vega-lite';

/** A picture of views stacked above each other. */
export type Stack = Extract<TopLevelSpec, { vconcat: unknown }>;

/** One of the stacked views. */
export type View = Stack['vconcat'][number];

/** One of the layers that a view draws over each other. */
export type Layer = Extract<View, { layer: unknown }>['layer'][number];
