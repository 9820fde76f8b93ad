import type { TopLevelSpec } from 'vega-lite';
import { finishSvg } from '../../finish-svg.js';
import { withView } from '../../vega-view.js';
import type { Readings, ReadSeries } from '../readings.js';
import { type PanelPlace, panelPlace } from './panel-places.js';

/** A picture, and where in it the readings stand, in pixels. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
  /** the ends of the axis that the readings follow */
  left: number;
  right: number;
  /** the upper end of the highest panel and the lower end of the lowest */
  top: number;
  bottom: number;
  /** of each stop */
  x: number[];
  /** of each series at each stop; null where there is no value */
  y: (number | null)[][];
}

/**
 * Draws a specification and finds the places of the readings with the scales that drew it.
 *
 * @param mark tells this drawing from all others of a page, so that no two have an id in common
 */
export async function draw(spec: TopLevelSpec, readings: Readings, mark: string): Promise<Drawing> {
  const marked = { ...spec, usermeta: { mark } };
  return withView(
    marked,
    () => {},
    async (view) => {
      const svg = finishSvg(await view.toSVG(), marked);
      const padding = view.padding() as { left: number; right: number; top: number; bottom: number };
      const names = [...new Set(readings.series.map(({ panel }) => panel))];
      const places = new Map(names.flatMap((name) => pair(name, panelPlace(view, name))));
      const [first] = places.values();
      const all = [...places.values()];
      return {
        svg,
        width: padding.left + view.width() + padding.right,
        height: padding.top + view.height() + padding.bottom,
        left: Math.min(...all.map(({ left }) => left)),
        right: Math.max(...all.map(({ right }) => right)),
        top: Math.min(...all.map(({ top }) => top)),
        bottom: Math.max(...all.map(({ bottom }) => bottom)),
        x: readings.stops.map((stop) => rounded(first?.x(stop) ?? 0)),
        y: readings.series.map((series) => heights(series, places.get(series.panel))),
      };
    },
  );
}

function pair(name: string, place: PanelPlace | null): [string, PanelPlace][] {
  return place ? [[name, place]] : [];
}

/** A value beyond the panel stands at its edge; of a panel that is left out for want of room there are none. */
function heights({ values }: ReadSeries, place: PanelPlace | undefined): (number | null)[] {
  return values.map((value) =>
    value === null || !place ? null : rounded(Math.min(Math.max(place.y(value), place.top), place.bottom)),
  );
}

/** Tenths of a pixel: what is finer cannot be seen and fills the file. */
function rounded(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
