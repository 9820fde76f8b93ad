import type { TopLevelSpec } from 'vega-lite';
import type { Readings, ReadSeries } from '../../charts/chart.js';
import { finishSvg } from '../../render/render-svg.js';
import { withView } from '../../render/vega-view.js';
import { type PanelBounds, panelBounds } from './panel-bounds.js';

/** A panel, and the positions of the stops of the readings along its axis, in pixels of the figure. */
export interface DrawnPanel {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: number[];
}

/** A chart as SVG, and the positions of the readings in it, in pixels. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
  panels: DrawnPanel[];
  /** For each line of the readings the index of its panel; -1 where the chart has no room for that panel. */
  panelOf: number[];
  /** For each line, its position at each stop; null where there is no value. */
  y: (number | null)[][];
}

/**
 * Draws a specification, and finds the positions of the readings with the scales of the drawing.
 *
 * @param mark unique in the page, so that no two drawings have an id in common
 */
export async function draw(spec: TopLevelSpec, readings: Readings, mark: string): Promise<Drawing> {
  const marked = { ...spec, usermeta: { mark } };
  const { series, stops } = readings;
  return withView(
    marked,
    () => {},
    async (view) => {
      // A title element would cover the values at the pointer.
      const svg = finishSvg(await view.toSVG(), marked, false);
      const padding = view.padding() as { left: number; right: number; top: number; bottom: number };
      const names = [...new Set(series.map(({ panel }) => panel))];
      const panels = names.flatMap((name) => {
        const bounds = panelBounds(view, name);
        return bounds ? [{ name, bounds }] : [];
      });
      const panelOf = series.map(({ panel }) => panels.findIndex(({ name }) => name === panel));
      return {
        svg,
        width: padding.left + view.width() + padding.right,
        height: padding.top + view.height() + padding.bottom,
        panels: panels.map(({ bounds: { left, right, top, bottom, x } }) => ({
          ...{ left: rounded(left), right: rounded(right), top: rounded(top), bottom: rounded(bottom) },
          x: stops.map((stop) => rounded(x(stop))),
        })),
        panelOf,
        y: series.map((line, i) => yPositions(line, panels[panelOf[i] as number]?.bounds)),
      };
    },
  );
}

/** Values outside the panel are at its edge. */
function yPositions({ values }: ReadSeries, bounds: PanelBounds | undefined): (number | null)[] {
  return values.map((value) =>
    value === null || !bounds ? null : rounded(Math.min(Math.max(bounds.y(value), bounds.top), bounds.bottom)),
  );
}

/** Tenths of a pixel: more digits are invisible and fill the file. */
function rounded(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
