import { InputError, numberText } from '@lrfind/core';
import type { SweepResult, SweptGroup } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import { type RateFrame, rateDomain } from '../axes/rate-axis.js';
import { axisTicks, rateTicks } from '../axes/ticks.js';
import { tickExtent } from '../axes/value-axis.js';
import { groupSuffix, groupsDescription, groupsTitle, shortGroupSuffix } from '../captions/group-rates.js';
import { sweepSubtitle } from '../captions/sweep.js';
import { lossDomain } from '../curves/loss-domain.js';
import { lossAt, type SweepSamples, sweepSamples } from '../curves/sweep-samples.js';
import { type ChartOptions, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, legendView, lineSymbol, symbols } from '../layout/legend.js';
import { axisHeight, axisTitleWidth, bottomEdge, edge, legendGap, titleGap } from '../layout/sizes.js';
import { stackedFigure } from '../layout/stacked-figure.js';
import { layOutTitle, titleSpec } from '../layout/title.js';
import { layOutTrialLegend, type TrialLegendEntry } from '../layout/trial-legend.js';
import { type GroupLine, groupLossPanel } from '../panels/group-losses.js';
import { withReadableNames } from '../text/readable-names.js';
import { maxSeries, seriesStyle, type Theme, themeConfig } from '../theme.js';
import type { Chart, Readings } from './chart.js';
import { lossScale, lossTitle } from './loss-scale.js';

/** The losses of the groups of a learning-rate search. */
export const lossByGroupChart: Chart<SweepResult> = {
  name: 'loss-by-group',
  format: 'lrfind-sweep',
  summary: 'loss of each group of layers against a learning rate of its own, with its suggestion',
  caption:
    'The loss while the learning rate of one group of layers rises and all other weights stand still, for each group. Dots mark the suggested rates, with the intervals in which the best rates are expected.',
  draw: lossByGroup,
  drawable: ({ groups = [] }) =>
    groups.length > 0 && groups.length <= maxSeries && groups.some(({ sweeps, curve }) => hasSteps(sweeps, curve)),
  preferred: true,
  readings,
};

/** The colours of more lines than that overlap too much for bands. */
const MOST_BANDS = 6;

/**
 * The smoothed loss of each group of layers against the rate of that group, from the sweeps in which only its weights were
 * updated, with the quartiles over sweeps. A dot marks the suggestion, a bar its interval. The grey line has all layers, against the
 * rate of a multiplier of 1. The legend has the rates.
 *
 * The loss axis covers the descent and the turn of every group.
 *
 * @param swept of a search with at most 12 groups
 * @returns a Vega-Lite specification that contains its data
 * @throws InputError for a result without groups or with too many, for one without steps, or for an invalid option
 *
 * @example
 * const svg = await renderSvg(lossByGroup(result, { theme: 'dark' }));
 */
export function lossByGroup(swept: SweepResult, options: ChartOptions = {}): TopLevelSpec {
  const result = withReadableNames(swept);
  const { groups = [], sweeps, curve } = result;
  if (groups.length === 0 || groups.length > maxSeries)
    throw new InputError(
      `sweep must have 1 to ${maxSeries} groups of layers to be drawn by group; got ${groups.length}`,
    );
  const style = chartStyle(options, undefined, undefined, true);
  const { theme, width, height, size } = style;
  const measured = groups.filter((group) => hasSteps(group.sweeps, group.curve));
  const samples = measured.map((group) => sweepSamples({ ...group, steepest: null, divergence: null }));
  const [first] = samples;
  if (!first) throw new InputError('sweep must have at least one step to be drawn; got none');

  const rates = samples.flatMap((each) => each.extent);
  const domain = style.x ?? rateDomain([Math.min(...rates), Math.max(...rates)]);
  const within = <Point extends { rate: number }>(points: readonly Point[]) =>
    points.filter(({ rate }) => rate >= domain[0] && rate <= domain[1]);
  const seen = samples.map((each) => ({ smoothed: within(each.smoothed), batches: within(each.batches) }));
  const ends = seen.flatMap((each) => axisDomain(each) ?? []);
  const { domain: lossEnds, log } = lossScale(
    ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)],
    seen.flatMap(({ smoothed, batches }) => (smoothed.length > 0 ? smoothed : batches).map(({ loss }) => loss)),
    style,
    false,
  );

  const lines = groupLines(groups, theme);
  const title = layOutTitle(style.title ?? groupsTitle(result), sweepSubtitle(result), style, [
    result.setup.model,
    ...groups.map(({ name }) => name),
  ]);
  const top = edge + title.height + titleGap;
  const legend = layOutTrialLegend(
    groups.map((group, i) => groupEntry(group, lines[i] as GroupLine)),
    otherEntries(lines, sweeps.length > 1, within(curve).length > 0, theme),
    width - 2 * edge,
    height * 0.35,
    size,
  );
  const legendTop = axisHeight(size) + legendGap;
  const panel = height - top - legendTop - legend.height - bottomEdge;
  const lossTicks = ends.length === 0 ? [] : axisTicks(lossEnds, panel, size, log);
  const extent = tickExtent(lossTicks, size);
  const left = edge + axisTitleWidth(size) + extent;
  const inner = width - left - edge;
  const frame: RateFrame = { width: inner, size, theme, domain, ticks: rateTicks(domain, inner, size, edge - 2) };
  const together: GroupLine = { ...{ curve: within(curve), color: theme.muted, dash: [] }, ...plain };
  const axis = { title: lossTitle(log), height: panel, domain: lossEnds, ticks: lossTicks, extent, log };
  return {
    ...stackedFigure({ height, inner, left, top, right: edge, bottom: bottomEdge, spacing: 0 }),
    description: groupsDescription(result),
    title: titleSpec(title, edge - left),
    vconcat: [
      groupLossPanel([...lines, together], frame, axis),
      legendView(legend, { width: inner, left: edge - left, top: legendTop, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

/** The line of all layers together. */
const plain = { strokeWidth: 1.25, band: 0, suggestion: null };

function hasSteps(sweeps: SweptGroup['sweeps'], curve: SweptGroup['curve']): boolean {
  return curve.length > 0 || sweeps.some(({ points }) => points.length > 0);
}

function axisDomain({ smoothed, batches }: Pick<SweepSamples, 'smoothed' | 'batches'>): [number, number] | null {
  const curve = smoothed.length > 0 ? smoothed : batches;
  return curve.length === 0 ? null : lossDomain(curve, smoothed.length > 0 ? [] : batches);
}

function groupLines(groups: readonly SweptGroup[], theme: Theme): GroupLine[] {
  const band = groups.length > MOST_BANDS ? 0 : 0.15;
  return groups.map(({ curve, suggestion, sweeps }, i): GroupLine => {
    const loss = suggestion && lossAt(finite(curve), suggestion.learningRate);
    const marked = suggestion && loss !== null;
    return {
      ...seriesStyle(theme, i),
      curve,
      strokeWidth: 2.25,
      band: sweeps.length > 1 ? band : 0,
      suggestion: marked ? { rate: suggestion.learningRate, low: suggestion.low, high: suggestion.high, loss } : null,
    };
  });
}

function finite(curve: SweptGroup['curve']) {
  return curve.flatMap(({ rate, smoothed: loss }) => (Number.isFinite(loss) ? [{ rate, loss: loss as number }] : []));
}

function groupEntry(group: SweptGroup, { color, dash, strokeWidth }: GroupLine): TrialLegendEntry {
  return {
    ...lineSymbol,
    ...{ color, dash, strokeWidth },
    text: group.name,
    suffix: groupSuffix(group),
    shortSuffix: shortGroupSuffix(group),
  };
}

/** The legend of what holds for all groups, as far as it occurs. */
function otherEntries(
  lines: readonly GroupLine[],
  several: boolean,
  together: boolean,
  { muted: color }: Theme,
): LegendEntry[] {
  const entries: (LegendEntry | false)[] = [
    together && { ...lineSymbol, color, strokeWidth: plain.strokeWidth, text: 'all layers, by the base rate' },
    several &&
      lines.some(({ band }) => band > 0) && { text: 'quartiles', shape: 'square', color, opacity: 0.3, area: 140 },
    lines.some(({ suggestion }) => suggestion) && {
      ...{ text: 'interval of the best rate', shape: symbols.span, color, outline: true, area: 400, strokeWidth: 1.5 },
    },
  ];
  return entries.filter((entry) => entry !== false);
}

/** The smoothed loss of every group at every rate; interpolated where ranges that moved have other rates. */
function readings({ groups = [] }: SweepResult, theme: Theme): Readings {
  const stops = [...new Set(groups.flatMap(({ curve }) => curve.map(({ rate }) => rate)))].sort((a, b) => a - b);
  const series = groups.map(({ name, curve }, i) => {
    const line = finite(curve);
    return {
      ...seriesStyle(theme, i),
      panel: 'loss',
      group: 'curve',
      name,
      values: stops.map((rate) => lossAt(line, rate)),
    };
  });
  const [rate = Number.POSITIVE_INFINITY] = groups.flatMap(({ suggestion }) => suggestion?.learningRate ?? []);
  return {
    stops,
    titles: stops.map((stop) => `learning rate ${numberText(stop, 3)}`),
    series: series.filter(({ values }) => values.some((value) => value !== null)),
    first: Math.max(
      0,
      stops.findLastIndex((stop) => stop <= rate),
    ),
    group: 'curve',
    along: 'the learning rate',
  };
}
