import type { TopLevelSpec } from 'vega-lite';
import { finishSvg } from '../../render/finish-svg.js';
import { withView } from '../../render/vega-view.js';
import type { Readings, ReadSeries } from '../readings.js';
import { type PanelPlace, panelPlace } from './panel-places.js';

/** A panel and where the stops of the readings stand along its axis, in pixels of the picture. */
export interface DrawnPanel {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: number[];
}

/** A picture, and where in it the readings stand, in pixels. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
  panels: DrawnPanel[];
  /** for each line of the readings the number of its panel; -1 where the picture has no room for that panel */
  panelOf: number[];
  /** of each line at each stop; null where there is no value */
  y: (number | null)[][];
}

/**
 * Draws a specification and finds the places of the readings with the scales that drew it.
 *
 * @param mark tells this drawing from all others of a page, so that no two have an id in common
 */
export async function draw(spec: TopLevelSpec, readings: Readings, mark: string): Promise<Drawing> {
  const marked = { ...spec, usermeta: { mark } };
  const { series, stops } = readings;
  return withView(
    marked,
    () => {},
    async (view) => {
      // The title would cover the values that are shown where the pointer is.
      const svg = finishSvg(await view.toSVG(), marked, false);
      const padding = view.padding() as { left: number; right: number; top: number; bottom: number };
      const names = [...new Set(series.map(({ panel }) => panel))];
      const places = names.flatMap((name) => {
        const place = panelPlace(view, name);
        return place ? [{ name, place }] : [];
      });
      const panelOf = series.map(({ panel }) => places.findIndex(({ name }) => name === panel));
      return {
        svg,
        width: padding.left + view.width() + padding.right,
        height: padding.top + view.height() + padding.bottom,
        panels: places.map(({ place: { left, right, top, bottom, x } }) => ({
          ...{ left: rounded(left), right: rounded(right), top: rounded(top), bottom: rounded(bottom) },
          x: stops.map((stop) => rounded(x(stop))),
        })),
        panelOf,
        y: series.map((line, i) => heights(line, places[panelOf[i] as number]?.place)),
      };
    },
  );
}

/** A value beyond the panel stands at its edge. */
function heights({ values }: ReadSeries, place: PanelPlace | undefined): (number | null)[] {
  return values.map((value) =>
    value === null || !place ? null : rounded(Math.min(Math.max(place.y(value), place.top), place.bottom)),
  );
}

/** Tenths of a pixel: what is finer cannot be seen and fills the file. */
function rounded(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
