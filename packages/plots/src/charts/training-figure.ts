import type { TopLevelSpec } from 'vega-lite';
import { rateTicks, type Tick, valueTicks } from '../axes/ticks.js';
import { type TimeFrame, timeOverhang, timeTicks } from '../axes/time-axis.js';
import { tickExtent, type ValueAxis, withSpacedTicks } from '../axes/value-axis.js';
import { rateScale } from '../curves/rate-line.js';
import type { TimeUnit } from '../curves/training-time.js';
import type { ChartStyle } from '../layout/chart-options.js';
import { type LegendLayout, legendView } from '../layout/legend.js';
import { fitRows, panelTitles, titlesHeight } from '../layout/panel-rows.js';
import { axisHeight, bottomEdge, edge, legendGap, titleGap } from '../layout/sizes.js';
import { stackedFigure, type View } from '../layout/stacked-figure.js';
import { layOutTitle, titleSpec } from '../layout/title.js';
import { type RateCurve, ratesPanel } from '../panels/rates.js';
import { themeConfig } from '../theme.js';

/** A panel of a grid. */
export interface GridPanel {
  title: string;
  /** Both ends of its vertical axis. */
  domain: readonly [number, number];
  /** Whether it shares the axis of the panel to its left, and so has no labels of its own. */
  shares?: boolean;
  draw: (frame: TimeFrame, axis: ValueAxis, show: 'axis' | 'grid') => View;
}

/** The content of a figure of trainings. */
export interface TrainingFigure {
  title: string;
  subtitle: string;
  /** Names in both, which are shortened where the texts have no room. */
  names: readonly string[];
  /** The figure in sentences, for screen readers. */
  description: string;
  unit: TimeUnit;
  /** Right end of the axes of time, in the unit, above 0. */
  last: number;
  /** Panels side by side, in rows of equal length; the first row is the highest. */
  rows: readonly (readonly GridPanel[])[];
  /** Learning rates for a panel over the whole width; none for no such panel. */
  rates: readonly RateCurve[];
  /** Lays out the legend within a width and, where possible, a height, for a font size: all in pixels. */
  legend: (width: number, height: number, size: number) => LegendLayout;
}

/** Space between two rows that share an axis of time, besides the titles, in pixels. */
const rowGap = 6;

/** Minimum heights of panels, in pixels. */
const leastPanel = 70;
const leastRates = 44;

/**
 * Draws rows of panels over the time of trainings, below them the learning rates over the whole width, and the legend. A
 * low figure leaves out the learning rates, then the lower rows.
 */
export function trainingFigure(figure: TrainingFigure, style: ChartStyle): TopLevelSpec {
  const { rows, unit, last } = figure;
  const { theme, width, height, size } = style;
  const columns = rows[0]?.length ?? 1;

  // Everything else takes the height that it needs; the panels share the rest.
  const title = layOutTitle(figure.title, figure.subtitle, style, figure.names);
  const top = edge + title.height + titleGap;
  const legend = figure.legend(width - 2 * edge, height * 0.3, size);
  const legendTop = axisHeight(size) + legendGap;
  const titles = titlesHeight(size);
  const ratesAbove = titles + (columns === 1 ? 0 : axisHeight(size));
  const heights = fitRows(
    [
      ...rows.map((_, i) => ({ share: i === 0 ? 1 : 0.75, least: leastPanel, above: titles + (i === 0 ? 0 : rowGap) })),
      ...(figure.rates.length === 0 ? [] : [{ share: 0.42, least: leastRates, above: ratesAbove }]),
    ],
    height - top - legendTop - legend.height - bottomEdge,
  );
  const ratesHeight = heights[rows.length] ?? 0;
  const shown = rows
    .map((panels, i) => panels.map((panel) => withAxis(panel, heights[i] as number, size)))
    .filter((_, i) => (heights[i] as number) > 0);
  const rates = ratesAxis(figure.rates, ratesHeight, size);

  const extents = Array.from({ length: columns }, (_, column) => {
    const own = shown.map((row) => row[column] as PanelWithAxis).filter(({ panel }) => !panel.shares);
    const axes = [...own.map(({ axis }) => axis), ...(column === 0 && rates ? [rates.axis] : [])];
    return Math.max(0, ...axes.map(({ ticks }) => tickExtent(ticks, size)));
  });
  const overhang = timeOverhang(last, size);
  const right = Math.max(edge, overhang + 2);
  // The last label below a panel must not touch the first one below the next panel.
  const gap = Math.max(overhang + 1.6 * size, edge + Math.max(0, ...extents.slice(1)));
  const left = edge + (extents[0] as number);
  const inner = width - left - right;
  const panelWidth = (inner - gap * (columns - 1)) / columns;

  const common = { size, theme, unit, last };
  const frame: TimeFrame = { ...common, width: panelWidth, ticks: timeTicks(last, panelWidth, size) };
  const wide: TimeFrame = { ...common, width: inner, ticks: timeTicks(last, inner, size) };

  // Vega gives a row of panels no height, so the view after a row begins at the top of that row.
  let above = 0;
  const titlesAbove = (texts: readonly string[], own: number): View => {
    const titleWidth = texts.length === 1 ? inner : panelWidth;
    const placed = texts.map((text, i) => ({ text, left: i * (panelWidth + gap), width: titleWidth }));
    return panelTitles(placed, { width: inner, height: above + own, size }, theme);
  };
  const stack: View[] = [];
  shown.forEach((row, i) => {
    const show = i === shown.length - 1 && !(columns === 1 && rates) ? 'axis' : 'grid';
    stack.push(
      titlesAbove(
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
    stack.push(titlesAbove([rates.title], ratesAbove), {
      ...ratesPanel(figure.rates, wide, axis),
      name: viewName('learning rate'),
    });
    above = 0;
  }

  return {
    ...stackedFigure({ height, inner, left, top, right, bottom: bottomEdge, spacing: 0 }),
    description: figure.description,
    title: titleSpec(title, edge - left),
    vconcat: [
      ...stack,
      legendView(legend, { width: inner, left: edge - left, top: above + legendTop, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

/** Name of the view that draws the panel with that title; Vega-Lite itself would change other characters. */
export function viewName(title: string): string {
  return `panel_${title.replaceAll(/\W/g, '_')}`;
}

interface PanelWithAxis {
  panel: GridPanel;
  axis: ValueAxis;
}

/** A number of ticks that suits the height of a panel in pixels. */
const tickCount = (height: number) => Math.min(7, Math.max(3, height / 45));

function withAxis(panel: GridPanel, height: number, size: number): PanelWithAxis {
  const { domain, shares } = panel;
  const all = valueTicks(domain, tickCount(height));
  const { ticks } = withSpacedTicks({ title: '', height, domain, ticks: all, extent: 0 }, size);
  const labelled: Tick[] = shares ? ticks.map(({ value }) => ({ value, text: '' })) : [...ticks];
  return { panel, axis: { title: '', height, domain, ticks: labelled, extent: 0 } };
}

/** The axis of the learning rates, and the title of its panel; null for no panel. */
function ratesAxis(curves: readonly RateCurve[], height: number, size: number) {
  if (height === 0) return null;
  const { domain, log } = rateScale(curves.map(({ line }) => line));
  const ticks = log ? rateTicks(domain, height, size, edge) : valueTicks(domain, tickCount(height));
  const axis: ValueAxis = { title: '', height, domain, ticks, extent: 0, log };
  return { title: log ? 'learning rate (log scale)' : 'learning rate', axis: log ? axis : withSpacedTicks(axis, size) };
}
