import type { TopLevelSpec } from 'vega-lite';
import { axisTicks } from '../axes/ticks.js';
import { type TimeFrame, timeOverhang, timeTicks } from '../axes/time-axis.js';
import { tickExtent, type ValueAxis } from '../axes/value-axis.js';
import { rateScale } from '../curves/rate-line.js';
import type { TimeUnit } from '../curves/training-time.js';
import type { ChartStyle } from '../layout/chart-options.js';
import { type LegendLayout, legendView } from '../layout/legend.js';
import { fitRows, panelTitles, titlesHeight, titlesLines } from '../layout/panel-rows.js';
import { axisHeight, bottomEdge, edge, legendGap, titleGap } from '../layout/sizes.js';
import { stackedFigure, type View } from '../layout/stacked-figure.js';
import { layOutTitle, titleSpec } from '../layout/title.js';
import { type RateCurve, ratesPanel } from '../panels/rates.js';
import { type Theme, themeConfig } from '../theme.js';

/** A panel of a grid. */
export interface GridPanel {
  title: string;
  /** Both ends of its vertical axis. */
  domain: readonly [number, number];
  /** Whether that axis is logarithmic. */
  log?: boolean;
  /** Whether it shares the axis of the panel to its left, and so has no labels of its own. */
  shares?: boolean;
  /** Both ends of its axis of time; default: those of the figure. */
  time?: readonly [number, number];
  draw: (frame: TimeFrame, axis: ValueAxis, show: 'axis' | 'grid') => View;
}

/** Where a footer is: its width and left end, and how far below the view before it begins; all in pixels. */
export interface FooterBox {
  width: number;
  left: number;
  top: number;
  size: number;
  theme: Theme;
}

/** What stands below the panels: a legend, or a table with numbers. */
export interface Footer {
  /** In pixels. */
  height: number;
  /** One below the other, without space between them. */
  views: (box: FooterBox) => View[];
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
  /** Both ends of the axes of time, in the unit. */
  time: readonly [number, number];
  /** Panels side by side, in rows of equal length; the first row is the highest. */
  rows: readonly (readonly GridPanel[])[];
  /** Learning rates for a panel over the whole width; none for no such panel. */
  rates: readonly RateCurve[];
  /** Lays out what is below the panels within a width and, where possible, a height, for a font size: all in pixels. */
  footer: (width: number, height: number, size: number) => Footer;
}

/** A legend as what stands below the panels. */
export function legendFooter(legend: LegendLayout): Footer {
  return {
    height: legend.height,
    views: ({ width, left, top, size, theme }) => [legendView(legend, { width, left, top, size, color: theme.muted })],
  };
}

/** Space between two rows that share an axis of time, besides the titles, in pixels. */
const rowGap = 6;

/** Minimum heights of panels, in pixels. */
const leastPanel = 70;
const leastRates = 44;

/**
 * Draws rows of panels over the time of trainings, below them the learning rates over the whole width, and the footer. A
 * low figure leaves out the learning rates, then the lower rows.
 */
export function trainingFigure(figure: TrainingFigure, style: ChartStyle): TopLevelSpec {
  const { rows, unit, time } = figure;
  const { theme, width, height, size } = style;
  const columns = rows[0]?.length ?? 1;

  // Everything else takes the height that it needs; the panels share the rest.
  const title = layOutTitle(figure.title, figure.subtitle, style, figure.names);
  const top = edge + title.height + titleGap;
  const footerTop = axisHeight(size) + legendGap;
  const room = height - top - footerTop - bottomEdge;
  const ratesAbove = titlesHeight(size) + (columns === 1 ? 0 : axisHeight(size));
  const spans = [time, ...rows.flat().map((panel) => panel.time ?? time)];
  const overhang = Math.max(...spans.map(([first, last]) => timeOverhang(last, size, first)));
  const right = Math.max(edge, overhang + 2);

  // How many lines a title takes depends on the width of its panel, which depends on the labels of the axes, and these on the height.
  const laidOut = (titleWidth: number) => {
    const above = rows.map((row, i) => {
      const titles = row.map(({ title: text }) => ({ text, width: titleWidth }));
      return titlesHeight(size, titlesLines(titles, size)) + (i === 0 ? 0 : rowGap);
    });
    const footer = figure.footer(width - 2 * edge, room - (above[0] ?? 0) - leastPanel, size);
    const heights = fitRows(
      [
        ...rows.map((_, i) => ({ share: i === 0 ? 1 : 0.75, least: leastPanel, above: above[i] as number })),
        ...(figure.rates.length === 0 ? [] : [{ share: 0.42, least: leastRates, above: ratesAbove }]),
      ],
      room - footer.height,
    );
    const shown = rows
      .map((panels, i) => panels.map((panel) => withAxis(panel, heights[i] as number, size)))
      .filter((_, i) => (heights[i] as number) > 0);
    const rates = ratesAxis(figure.rates, heights[rows.length] ?? 0, size);
    const extents = Array.from({ length: columns }, (_, column) => {
      const own = shown.map((row) => row[column] as PanelWithAxis).filter(({ panel }) => !panel.shares);
      const axes = [...own.map(({ axis }) => axis), ...(column === 0 && rates ? [rates.axis] : [])];
      return Math.max(0, ...axes.map(({ ticks }) => tickExtent(ticks, size)));
    });
    // The last label below a panel must not touch the first one below the next panel.
    const gap = Math.max(overhang + 1.6 * size, edge + Math.max(0, ...extents.slice(1)));
    const left = edge + (extents[0] as number);
    const inner = width - left - right;
    const panelWidth = (inner - gap * (columns - 1)) / columns;
    return { above, footer, heights, shown, rates, extents, gap, left, inner, panelWidth };
  };
  // Labels of other heights may be wider, so that the narrowest panel decides.
  const narrowest = Math.min(laidOut(width / columns).panelWidth, laidOut(width / columns / 2).panelWidth);
  const { above, footer, heights, shown, rates, extents, gap, left, inner, panelWidth } = laidOut(narrowest - size);

  const frameOf = (width: number, [first, last]: readonly [number, number] = time): TimeFrame => ({
    ...{ size, theme, unit, first, last, width },
    ticks: timeTicks(last, width, size, first),
  });

  // Vega gives a row of panels no height, so the view after a row begins at the top of that row.
  let before = 0;
  const titlesAbove = (texts: readonly string[], own: number): View => {
    const each = texts.length === 1 ? inner : panelWidth;
    const placed = texts.map((text, i) => ({ text, left: i * (panelWidth + gap), width: each }));
    return panelTitles(placed, { width: inner, height: before + own, size }, theme);
  };
  const stack: View[] = [];
  shown.forEach((row, i) => {
    const show = i === shown.length - 1 && !(columns === 1 && rates) ? 'axis' : 'grid';
    stack.push(
      titlesAbove(
        row.map(({ panel }) => panel.title),
        above[i] as number,
      ),
      {
        bounds: 'flush',
        spacing: gap,
        hconcat: row.map(({ panel, axis }, column) => ({
          ...panel.draw(
            frameOf(panelWidth, panel.time),
            { ...axis, extent: panel.shares ? 0 : (extents[column] as number) },
            show,
          ),
          name: viewName(panel.title),
        })),
      },
    );
    before = heights[i] as number;
  });
  if (rates) {
    const axis = { ...rates.axis, extent: extents[0] as number };
    stack.push(titlesAbove([rates.title], ratesAbove), {
      ...ratesPanel(figure.rates, frameOf(inner), axis),
      name: viewName('learning rate'),
    });
    before = 0;
  }

  return {
    ...stackedFigure({ height, inner, left, top, right, bottom: bottomEdge, spacing: 0 }),
    description: figure.description,
    title: titleSpec(title, edge - left),
    vconcat: [...stack, ...footer.views({ width: inner, left: edge - left, top: before + footerTop, size, theme })],
    config: themeConfig(theme, size),
  };
}

/** What a title says of a logarithmic axis. */
export const logNote = ' (log scale)';

/** Name of the view that draws the panel with that title; Vega-Lite itself would change other characters. */
export function viewName(title: string): string {
  return `panel_${title.replace(logNote, '').replaceAll(/\W/g, '_')}`;
}

interface PanelWithAxis {
  panel: GridPanel;
  axis: ValueAxis;
}

function withAxis(panel: GridPanel, height: number, size: number): PanelWithAxis {
  const { domain, shares, log = false } = panel;
  const ticks = axisTicks(domain, height, size, log);
  return { panel, axis: { title: '', height, domain, ticks, extent: 0, log, labels: !shares } };
}

/** The axis of the learning rates, and the title of its panel; null for no panel. */
function ratesAxis(curves: readonly RateCurve[], height: number, size: number) {
  if (height === 0) return null;
  const { domain, log } = rateScale(curves.map(({ line }) => line));
  const ticks = axisTicks(domain, height, size, log);
  const axis: ValueAxis = { title: '', height, domain, ticks, extent: 0, log };
  return { title: `learning rate${log ? logNote : ''}`, axis };
}
