import { numberText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import { type RateFrame, rateDomain } from '../axes/rate-axis.js';
import { rateTicks, valueTicks } from '../axes/ticks.js';
import { tickExtent, withSpacedTicks } from '../axes/value-axis.js';
import { intervalText, sweepDescription, sweepSubtitle, sweepTitle } from '../captions/sweep.js';
import { lossDomain } from '../curves/loss-domain.js';
import { heldOutMedians, type SweepSamples, sweepSamples } from '../curves/sweep-samples.js';
import { type ChartOptions, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, layOutLegend, legendView, symbols } from '../layout/legend.js';
import { axisHeight, axisTitleWidth, bottomEdge, edge, legendGap, titleGap } from '../layout/sizes.js';
import { stackedFigure } from '../layout/stacked-figure.js';
import { layOutTitle, titleSpec } from '../layout/title.js';
import { annotationsView, placeAnnotations } from '../panels/annotations.js';
import { landmarks } from '../panels/landmarks.js';
import { lossLegend, lossPanel } from '../panels/loss.js';
import { type RangeBand, rangeBandView } from '../panels/range-band.js';
import { slopeDomain, slopePanel } from '../panels/slope.js';
import { triedDomain, triedRatesLegend, triedRatesPanel } from '../panels/tried-rates.js';
import { withReadableNames } from '../text/readable-names.js';
import { textWidth } from '../text/width.js';
import { type Theme, themeConfig } from '../theme.js';
import type { Chart, Readings, ReadSeries } from './chart.js';

/** Loss and slope of a learning-rate search. */
export const lossByRateChart: Chart<SweepResult> = {
  name: 'loss-by-rate',
  format: 'lrfind-sweep',
  summary: 'loss and slope against the learning rate, with the suggestion and its interval',
  caption:
    'The loss while the learning rate rises, and below it how fast the loss changes. Marks show the suggested rate with its interval, the steepest descent and where training diverges; the usable range is shaded.',
  draw: lossByRate,
  drawable: ({ curve, sweeps }) => curve.length > 0 || sweeps.some(({ points }) => points.length > 0),
  readings,
};

/**
 * The loss against the learning rate: the batch losses of every sweep, the smoothed loss, the quartiles over sweeps and
 * the loss on held-out rows. Below it is the slope, or the losses of the rates that were tried; a low figure leaves it out. Marks show the suggestion with the
 * interval in which the best rate is expected, the steepest descent and the divergence. The usable range is shaded.
 *
 * The loss axis covers the descent and the turn. Batch losses beyond it are triangles at its edge, and the legend counts
 * them.
 *
 * @returns a Vega-Lite specification that contains its data
 * @throws InputError for a result without steps, or for an invalid option
 *
 * @example
 * const svg = await renderSvg(lossByRate(result, { width: 1000, theme: 'dark' }));
 */
export function lossByRate(swept: SweepResult, options: ChartOptions = {}): TopLevelSpec {
  const result = withReadableNames(swept);
  const style = chartStyle(options);
  const { theme, width, height, size } = style;
  const samples = sweepSamples(result);

  const lossEnds = lossAxisDomain(samples);
  const lossTicks = samples.batches.length === 0 ? [] : valueTicks(lossEnds, Math.min(7, Math.max(3, height / 80)));
  const { verification, otherSchedules = [] } = result;
  const slopes = result.curve.flatMap(({ slope }) => (Number.isFinite(slope) ? [slope as number] : []));
  const lowerEnds = verification ? triedDomain(verification, otherSchedules) : slopeDomain(slopes);
  const lowerTicks = slopes.length === 0 && !verification ? [] : valueTicks(lowerEnds, verification ? 4 : 3);
  const extent = Math.max(tickExtent(lossTicks, size), tickExtent(lowerTicks, size));

  const left = edge + axisTitleWidth(size) + extent;
  const domain = rateDomain(samples.extent);
  const inner = width - left - edge;
  const frame: RateFrame = { width: inner, size, theme, domain, ticks: rateTicks(domain, inner, size, edge - 2) };
  const within = (rate: number) => Math.min(Math.max(rate, domain[0]), domain[1]);

  const { range, suggestion } = result;
  const band: RangeBand | null = range && {
    low: within(range.low),
    high: within(range.high),
    text: `usable range ${intervalText(range.low, range.high)}`,
  };
  const interval = suggestion && ([suggestion.low, suggestion.high] as const);
  const marks = landmarks(result, samples.smoothed, theme);

  // Everything else takes the height that it needs; the panels share the rest.
  const title = layOutTitle(style.title ?? sweepTitle(result), sweepSubtitle(result), style, [result.setup.model]);
  const annotations = placeAnnotations(marks, frame);
  const top = edge + title.height + titleGap;
  const bandHeight = size + 8;
  const entries = [
    ...lossLegend(result, samples, lossEnds, theme),
    ...(verification ? triedRatesLegend(verification, otherSchedules, theme) : []),
    ...(interval ? [intervalEntry(theme)] : []),
  ];
  const legend = layOutLegend(entries, width - 2 * edge, size);
  const legendTop = axisHeight(size) + legendGap;
  const rest = height - top - annotations.height - bandHeight - legendTop - legend.height - bottomEdge;
  const lowerHeight = rest < 170 ? 0 : Math.round(rest * (verification ? 0.38 : 0.28));

  const lossAxis = withSpacedTicks(
    { title: 'loss', height: rest - lowerHeight, domain: lossEnds, ticks: lossTicks, extent },
    size,
  );
  const [long, short] = verification ? ['loss when tried', 'tried'] : ['slope per decade', 'slope'];
  const lowerTitle = textWidth(long, size) <= lowerHeight ? long : short;
  const lowerAxis = withSpacedTicks(
    { title: lowerTitle, height: lowerHeight, domain: lowerEnds, ticks: lowerTicks, extent },
    size,
  );

  return {
    ...stackedFigure({ height, inner, left, top, right: edge, bottom: bottomEdge, spacing: 0 }),
    description: sweepDescription(result),
    title: titleSpec(title, edge - left),
    vconcat: [
      annotationsView(annotations, frame, interval),
      lossPanel(result, samples, marks, band, frame, lossAxis),
      rangeBandView(band, frame, bandHeight, lowerHeight === 0),
      ...(lowerHeight === 0
        ? []
        : [
            verification
              ? triedRatesPanel(verification, otherSchedules, band, frame, lowerAxis)
              : slopePanel(result, marks, band, frame, lowerAxis),
          ]),
      legendView(legend, { width: inner, left: edge - left, top: legendTop, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

/** The legend of the interval's bar above the panel. */
function intervalEntry({ suggestion }: Theme): LegendEntry {
  const text = 'interval of the best rate';
  return { text, shape: symbols.span, color: suggestion, outline: true, area: 400, strokeWidth: 2 };
}

/** Covers the training losses and those on the held-out rows. */
function lossAxisDomain({ smoothed, batches, heldOut }: SweepSamples): [number, number] {
  const curve = smoothed.length > 0 ? smoothed : batches;
  if (curve.length === 0) return [0, 1];
  const [low, high] = lossDomain(curve, batches);
  if (heldOut.length === 0) return [low, high];
  const [heldOutLow, heldOutHigh] = lossDomain(heldOut, []);
  return [Math.min(low, heldOutLow), Math.max(high, heldOutHigh)];
}

/** The curve at each of its rates. */
function readings({ curve, sweeps, suggestion }: SweepResult, theme: Theme): Readings {
  const heldOut = heldOutMedians(sweeps);
  const values = (of: (point: SweepResult['curve'][number]) => number | null | undefined) =>
    curve.map((point) => {
      const value = of(point);
      return Number.isFinite(value) ? (value as number) : null;
    });
  const line = { group: 'curve', panel: 'loss', color: theme.loss, dash: [] };
  const series: ReadSeries[] = [
    { ...line, name: 'smoothed loss', values: values(({ smoothed }) => smoothed) },
    { ...line, name: 'held-out loss', color: theme.heldOut, values: values(({ rate }) => heldOut.get(rate)) },
    { ...line, name: 'slope per decade', panel: 'slope', values: values(({ slope }) => slope) },
  ];
  return {
    stops: curve.map(({ rate }) => rate),
    titles: curve.map(({ rate }) => `learning rate ${numberText(rate, 3)}`),
    series: series.filter(({ values: some }) => some.some((value) => value !== null)),
    first: Math.max(
      0,
      curve.findLastIndex(({ rate }) => rate <= (suggestion?.learningRate ?? Number.POSITIVE_INFINITY)),
    ),
    group: 'curve',
    along: 'the learning rate',
  };
}
