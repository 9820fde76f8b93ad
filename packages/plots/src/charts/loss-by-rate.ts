import type { SweepResult } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import { type RateFrame, rateDomain } from '../axes/rate-axis.js';
import { axisTicks, rateTicks } from '../axes/ticks.js';
import { tickExtent } from '../axes/value-axis.js';
import { rateLabel } from '../captions/phrases.js';
import { intervalText, sweepDescription, sweepSubtitle, sweepTitle } from '../captions/sweep.js';
import { logDomain } from '../curves/log-scale.js';
import { lossDomain } from '../curves/loss-domain.js';
import { heldOutMedians, type SweepSamples, sweepSamples } from '../curves/sweep-samples.js';
import { flatDomain, type SweepShape, sweepShape } from '../curves/sweep-shape.js';
import { type ChartOptions, chartStyle } from '../layout/chart-options.js';
import { type LegendEntry, layOutLegend, legendView, symbols } from '../layout/legend.js';
import { axisHeight, axisTitleWidth, bottomEdge, edge, legendGap, titleGap } from '../layout/sizes.js';
import { stackedFigure } from '../layout/stacked-figure.js';
import { layOutTitle, titleSpec } from '../layout/title.js';
import { annotationsView, placeAnnotations } from '../panels/annotations.js';
import { landmarks } from '../panels/landmarks.js';
import { lossLegend, lossPanel, type UntriedRates } from '../panels/loss.js';
import { type RangeBand, rangeBandView } from '../panels/range-band.js';
import { slopeDomain, slopePanel } from '../panels/slope.js';
import { triedDomain, triedRatesLegend, triedRatesPanel } from '../panels/tried-rates.js';
import { withReadableNames } from '../text/readable-names.js';
import { textWidth } from '../text/width.js';
import { type Theme, themeConfig } from '../theme.js';
import type { Chart, Readings, ReadSeries } from './chart.js';
import { lossScale, lossTitle } from './loss-scale.js';

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
 * the loss on validation rows. Below it is the slope, or the losses of the rates that were tried; a low figure leaves it out. Marks show the suggestion with the
 * interval in which the best rate is expected, the steepest descent and the divergence. The usable range is shaded.
 *
 * The smoothed loss is dashed where it lies off the losses. The axis of a flat curve does not stretch its noise; where a curve is cut
 * off by the end of the range, rates that were not tried are shaded.
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
  const style = chartStyle(options, undefined, undefined, true);
  const { theme, width, height, size } = style;
  const all = sweepSamples(result);
  const shape = sweepShape(result);
  const { verification, otherSchedules = [] } = result;

  const domain = style.x ?? withUntried(rateDomain(all.extent), all.swept, shape);
  const isShown = ({ rate }: { rate: number }) => rate >= domain[0] && rate <= domain[1];
  const samples: SweepSamples = {
    ...all,
    smoothed: all.smoothed.filter(isShown),
    batches: all.batches.filter(isShown),
    heldOut: all.heldOut.filter(isShown),
  };
  const untried = style.x ? [] : untriedRates(domain, all.swept, shape);
  const fitted = lossAxisDomain(samples);
  const shown = [...samples.smoothed, ...samples.batches, ...samples.heldOut]
    .map(({ loss }) => loss)
    .filter((loss) => loss >= fitted[0] && loss <= fitted[1]);
  const lossEnds = lossScale(shape.flat ? flatDomain(fitted) : fitted, shown, style, false);
  const slopes = result.curve.filter(isShown).flatMap(({ slope }) => (Number.isFinite(slope) ? [slope as number] : []));
  const flatHeight = shape.flat ? (lossEnds.domain[1] - lossEnds.domain[0]) / 4 : 0;
  const lowerEnds = verification
    ? triedDomain(verification, otherSchedules)
    : slopeDomain([...slopes, -flatHeight, flatHeight]);

  const { range, suggestion } = result;
  const within = (rate: number) => Math.min(Math.max(rate, domain[0]), domain[1]);
  const overlaps = (low: number, high: number) => low <= domain[1] && high >= domain[0];
  const band: RangeBand | null =
    range && overlaps(range.low, range.high)
      ? {
          low: within(range.low),
          high: within(range.high),
          text: `usable range ${intervalText(range.low, range.high)}`,
        }
      : null;
  const interval =
    suggestion && overlaps(suggestion.low, suggestion.high)
      ? ([within(suggestion.low), within(suggestion.high)] as const)
      : null;
  const marks = landmarks(result, all.smoothed, theme).filter(isShown);

  const title = layOutTitle(style.title ?? sweepTitle(result), sweepSubtitle(result), style, [result.setup.model]);
  const top = edge + title.height + titleGap;
  const bandHeight = size + 8;
  const entries = [
    ...lossLegend(result, samples, untried, lossEnds.domain, theme),
    ...(verification ? triedRatesLegend(verification, otherSchedules, theme) : []),
    ...(interval ? [intervalEntry(theme)] : []),
  ];
  const legend = layOutLegend(entries, width - 2 * edge, size);
  const legendTop = axisHeight(size) + legendGap;

  // Everything else takes the height that it needs; the panels share the rest. How wide the labels are depends on the height, and the
  // height on the lanes of annotations, which depend on the width.
  const laidOut = (extent: number) => {
    const left = edge + axisTitleWidth(size) + extent;
    const inner = width - left - edge;
    const frame: RateFrame = { width: inner, size, theme, domain, ticks: rateTicks(domain, inner, size, edge - 2) };
    const annotations = placeAnnotations(marks, frame);
    const rest = height - top - annotations.height - bandHeight - legendTop - legend.height - bottomEdge;
    const lowerHeight = rest < 170 ? 0 : Math.round(rest * (verification ? 0.38 : 0.28));
    const lossTicks =
      samples.batches.length === 0 ? [] : axisTicks(lossEnds.domain, rest - lowerHeight, size, lossEnds.log);
    const lowerTicks = slopes.length === 0 && !verification ? [] : axisTicks(lowerEnds, lowerHeight, size);
    const needed = Math.max(tickExtent(lossTicks, size), tickExtent(lowerTicks, size));
    return { left, inner, frame, annotations, rest, lowerHeight, lossTicks, lowerTicks, needed };
  };
  const first = laidOut(4 * size);
  const second = laidOut(first.needed);
  const extent = Math.max(first.needed, second.needed);
  const { left, inner, frame, annotations, rest, lowerHeight, lossTicks, lowerTicks } = laidOut(extent);

  const lossAxis = {
    ...{ title: lossTitle(lossEnds.log), height: rest - lowerHeight, domain: lossEnds.domain, log: lossEnds.log },
    ...{ ticks: lossTicks, extent },
  };
  const [long, short] = verification ? ['loss when tried', 'tried'] : ['slope per decade', 'slope'];
  const lowerTitle = textWidth(long, size) <= lowerHeight ? long : short;
  const lowerAxis = { title: lowerTitle, height: lowerHeight, domain: lowerEnds, ticks: lowerTicks, extent };

  return {
    ...stackedFigure({ height, inner, left, top, right: edge, bottom: bottomEdge, spacing: 0 }),
    description: sweepDescription(result),
    title: titleSpec(title, edge - left),
    vconcat: [
      annotationsView(annotations, frame, interval),
      lossPanel(result, samples, marks, band, untried, frame, lossAxis),
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

/** Share of the axis that is left empty where the curve is cut off. */
const UNTRIED_SHARE = 0.05;

/** The domain with some room for rates that were not swept, where the curve is cut off. */
function withUntried(
  [low, high]: readonly [number, number],
  swept: SweepSamples['swept'],
  shape: SweepShape,
): [number, number] {
  const [wideLow, wideHigh] = logDomain(...swept, UNTRIED_SHARE);
  return [shape.cutAtStart ? Math.min(low, wideLow) : low, shape.cutAtEnd ? Math.max(high, wideHigh) : high];
}

/** The rates beside those that were swept, where the curve is cut off. */
function untriedRates(
  domain: readonly [number, number],
  [low, high]: SweepSamples['swept'],
  shape: SweepShape,
): UntriedRates[] {
  return [
    ...(shape.cutAtStart ? [{ rate: domain[0], end: low }] : []),
    ...(shape.cutAtEnd ? [{ rate: high, end: domain[1] }] : []),
  ];
}

/** The legend of the interval's bar above the panel. */
function intervalEntry({ suggestion }: Theme): LegendEntry {
  const text = 'interval of the best rate';
  return { text, shape: symbols.span, color: suggestion, outline: true, area: 400, strokeWidth: 2 };
}

/** Covers the training losses and those on the validation rows. */
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
    { ...line, name: 'validation loss', color: theme.heldOut, values: values(({ rate }) => heldOut.get(rate)) },
    { ...line, name: 'slope per decade', panel: 'slope', values: values(({ slope }) => slope) },
  ];
  return {
    stops: curve.map(({ rate }) => rate),
    titles: curve.map(({ rate }) => `learning rate ${rateLabel(rate)}`),
    series: series.filter(({ values: some }) => some.some((value) => value !== null)),
    first: Math.max(
      0,
      curve.findLastIndex(({ rate }) => rate <= (suggestion?.learningRate ?? Number.POSITIVE_INFINITY)),
    ),
    group: 'curve',
    along: 'the learning rate',
  };
}
