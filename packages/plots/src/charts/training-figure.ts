import type { TopLevelSpec } from 'vega-lite';
import { rateAxisHeight } from '../axes/rate-axis.js';
import { rateTicks, type Tick, valueTicks } from '../axes/ticks.js';
import { type TimeFrame, timeOverhang, timeTicks } from '../axes/time-axis.js';
import { tickExtent, type ValueAxis, valueAxis } from '../axes/value-axis.js';
import type { ChartLook } from '../layout/chart-options.js';
import { headingTitle, layHeading } from '../layout/title.js';
import { type KeyLayout, keyView } from '../layout/legend.js';
import { panelTitles, titlesHeight } from '../layout/panel-titles.js';
import { type RateCurve, ratesPanel } from '../panels/rates.js';
import type { View } from '../render/vega-lite.js';
import { stackedPicture } from '../layout/stacked-figure.js';
import { themeConfig } from '../theme.js';
import { fitRows } from '../layout/fit-rows.js';
import { rateScale } from '../curves/rate-line.js';
import type { TimeUnit } from '../curves/training-time.js';

/** A panel of a grid. */
export interface GridPanel {
  title: string;
  /** both ends of its vertical axis */
  domain: readonly [number, number];
  /** whether it has the axis of the panel to its left, and so needs no texts of its own */
  shares?: boolean;
  draw: (frame: TimeFrame, axis: ValueAxis, show: 'axis' | 'grid') => View;
}

/** What a picture of trainings shows. */
export interface TrainingPicture {
  title: string;
  subtitle: string;
  /** the picture in sentences */
  description: string;
  unit: TimeUnit;
  /** right end of the axes of time, in the unit, above 0 */
  last: number;
  /** panels beside each other, in rows of equal length; the first row is the largest */
  rows: readonly (readonly GridPanel[])[];
  /** learning rates for a panel over the whole width; none for no such panel */
  rates: readonly RateCurve[];
  /** lays the key out within a width and, if it can be, a height, for a font size: all in pixels */
  key: (width: number, height: number, size: number) => KeyLayout;
}

/** Space around the picture, in pixels. */
const edge = 14;

/** Space between two rows that share an axis of time, besides the titles, in pixels. */
const rowGap = 6;

/** Least heights of panels, in pixels. */
const leastPanel = 70;
const leastRates = 44;

/** Font size of axes and key, in pixels. */
export function fontSize({ width, height }: Pick<ChartLook, 'width' | 'height'>): number {
  if (width < 560 || height < 400) return 10;
  return width >= 1100 && height >= 700 ? 13 : 11;
}

/**
 * Rows of panels over the course of trainings, below them the learning rates over the whole width, and the key. Where the picture is too low,
 * the learning rates are left out, then the lower rows.
 */
export function trainingPicture(picture: TrainingPicture, { theme, width, height }: ChartLook): TopLevelSpec {
  const { rows, unit, last } = picture;
  const size = fontSize({ width, height });
  const columns = rows[0]?.length ?? 1;

  // Everything but the panels takes what it needs; the panels share the rest.
  const heading = layHeading(picture.title, picture.subtitle, width - 2 * edge, size === 10 ? 2 : 3, size);
  const top = edge + heading.height + 8;
  const key = picture.key(width - 2 * edge, height * 0.3, size);
  const axisHeight = rateAxisHeight({ size });
  const bottom = edge - 4;
  const keyTop = axisHeight + 6;
  const titles = titlesHeight(size);
  const ratesAbove = titles + (columns === 1 ? 0 : axisHeight);
  const heights = fitRows(
    [
      ...rows.map((_, i) => ({ share: i === 0 ? 1 : 0.75, least: leastPanel, above: titles + (i === 0 ? 0 : rowGap) })),
      ...(picture.rates.length === 0 ? [] : [{ share: 0.42, least: leastRates, above: ratesAbove }]),
    ],
    height - top - keyTop - key.height - bottom,
  );
  const ratesHeight = heights[rows.length] ?? 0;
  const shown = rows
    .map((panels, i) => panels.map((panel) => axisOf(panel, heights[i] as number, size)))
    .filter((_, i) => (heights[i] as number) > 0);
  const rates = ratesAxis(picture.rates, ratesHeight, size);

  const extents = Array.from({ length: columns }, (_, column) => {
    const placed = shown.map((row) => row[column] as Placed).filter(({ panel }) => !panel.shares);
    const axes = [...placed.map(({ axis }) => axis), ...(column === 0 && rates ? [rates.axis] : [])];
    return Math.max(0, ...axes.map(({ ticks }) => tickExtent(ticks, size)));
  });
  const overhang = timeOverhang(last, size);
  const right = Math.max(edge, overhang + 2);
  // Below the axes the last text of a panel must not meet the first one of the next.
  const gap = Math.max(overhang + 1.6 * size, edge + Math.max(0, ...extents.slice(1)));
  const left = edge + (extents[0] as number);
  const inner = width - left - right;
  const panelWidth = (inner - gap * (columns - 1)) / columns;

  const common = { size, theme, unit, last };
  const frame: TimeFrame = { ...common, width: panelWidth, ticks: timeTicks(last, panelWidth, size) };
  const wide: TimeFrame = { ...common, width: inner, ticks: timeTicks(last, inner, size) };

  // Vega counts a row of panels as if it had no height: what follows a row begins at the row's top.
  let above = 0;
  const strip = (texts: readonly string[], own: number): View => {
    const wide = texts.length === 1 ? inner : panelWidth;
    const placed = texts.map((text, i) => ({ text, left: i * (panelWidth + gap), width: wide }));
    return panelTitles(placed, { width: inner, height: above + own, size }, theme);
  };
  const stack: View[] = [];
  shown.forEach((row, i) => {
    const show = i === shown.length - 1 && !(columns === 1 && rates) ? 'axis' : 'grid';
    stack.push(
      strip(
        row.map(({ panel }) => panel.title),
        titles + (i === 0 ? 0 : rowGap),
      ),
      {
        bounds: 'flush',
        spacing: gap,
        hconcat: row.map(({ panel, axis }, column) => ({
          ...panel.draw(frame, { ...axis, extent: panel.shares ? 0 : (extents[column] as number) }, show),
          name: viewName(panel.title),
        })),
      },
    );
    above = heights[i] as number;
  });
  if (rates) {
    const axis = { ...rates.axis, extent: extents[0] as number };
    stack.push(strip([rates.title], ratesAbove), {
      ...ratesPanel(picture.rates, wide, axis),
      name: viewName('learning rate'),
    });
    above = 0;
  }

  return {
    ...stackedPicture({ height, inner, left, top, right, bottom, spacing: 0 }),
    description: picture.description,
    title: headingTitle(heading, edge - left, 8),
    vconcat: [
      ...stack,
      keyView(key, { width: inner, left: edge - left, top: above + keyTop, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

/** Name of the view that draws the panel of a title; Vega-Lite would change other characters itself. */
export function viewName(title: string): string {
  return `panel_${title.replaceAll(/\W/g, '_')}`;
}

interface Placed {
  panel: GridPanel;
  axis: ValueAxis;
}

/** As many ticks as suit the height. */
const tickCount = (height: number) => Math.min(7, Math.max(3, height / 45));

function axisOf(panel: GridPanel, height: number, size: number): Placed {
  const { domain, shares } = panel;
  const full = valueTicks(domain, tickCount(height));
  const { ticks } = valueAxis({ title: '', height, domain, ticks: full, extent: 0 }, size);
  const written: Tick[] = shares ? ticks.map(({ value }) => ({ value, text: '' })) : [...ticks];
  return { panel, axis: { title: '', height, domain, ticks: written, extent: 0 } };
}

/** The axis of the learning rates, and what its panel is called; null for no panel. */
function ratesAxis(curves: readonly RateCurve[], height: number, size: number) {
  if (height === 0) return null;
  const { domain, log } = rateScale(curves.map(({ line }) => line));
  const ticks = log ? rateTicks(domain, height, size, edge) : valueTicks(domain, tickCount(height));
  const axis: ValueAxis = { title: '', height, domain, ticks, extent: 0, log };
  return { title: log ? 'learning rate (log scale)' : 'learning rate', axis: log ? axis : valueAxis(axis, size) };
}
