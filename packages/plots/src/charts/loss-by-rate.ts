import type { SweepResult } from '@lrfind/core/results';
import type { TopLevelSpec } from 'vega-lite';
import { type Frame, rateAxisHeight, rateDomain } from '../axes/rate-axis.js';
import { rateTicks, valueTicks } from '../axes/ticks.js';
import { tickExtent, valueAxis } from '../axes/value-axis.js';
import { type ChartOptions, chartLook } from '../layout/chart-options.js';
import { headingTitle, layHeading } from '../layout/title.js';
import { flagsView, layFlags } from '../layout/annotations.js';
import { type KeyEntry, keyView, layKey, shapes } from '../layout/legend.js';
import { lossKey, lossPanel } from '../panels/loss.js';
import { type Band, rangeStrip } from '../panels/range-band.js';
import { slopePanel, slopeRange } from '../panels/slope.js';
import { textWidth } from '../text/width.js';
import { stackedPicture } from '../layout/stacked-figure.js';
import { description, headline, interval, subject } from '../captions/sweep.js';
import { landmarks } from '../captions/landmarks.js';
import { type RunSamples, runSamples } from '../curves/sweep-samples.js';
import { visibleRange } from '../curves/loss-domain.js';
import { type Theme, themeConfig } from '../theme.js';

/** Space around the picture, in pixels. */
const edge = 14;

/**
 * The loss against the learning rate: the batch losses of every seed, the smoothed loss and the quartiles over seeds, the loss on
 * held-out rows, and below it the slope. Suggestion (with the interval in which the best rate is expected), steepest
 * descent and divergence are marked, the usable range is shaded. The loss axis shows the descent and the turn; batch
 * losses beyond it are drawn as triangles at its edge, and the key says how many there are.
 *
 * Where the picture is too low for two panels, the slope is left out.
 *
 * @returns a Vega-Lite specification that holds its data
 * @throws InputError for a run without steps or an option that makes no sense
 */
export function lossByRate(run: SweepResult, options: ChartOptions = {}): TopLevelSpec {
  const { theme, width, height, title } = chartLook(options);
  const samples = runSamples(run);
  const small = width < 560 || height < 400;
  const size = small ? 10 : width >= 1100 && height >= 700 ? 13 : 11;

  const lossEnds = lossRange(samples);
  const lossTicks = samples.batches.length === 0 ? [] : valueTicks(lossEnds, Math.min(7, Math.max(3, height / 80)));
  const slopes = run.curve.flatMap(({ slope }) => (Number.isFinite(slope) ? [slope as number] : []));
  const slopeEnds = slopeRange(slopes);
  const slopeTicks = slopes.length === 0 ? [] : valueTicks(slopeEnds, 3);
  const extent = Math.max(tickExtent(lossTicks, size), tickExtent(slopeTicks, size));

  const left = edge + Math.ceil(1.3 * size) + 6 + extent;
  const domain = rateDomain(samples.ends);
  const inner = width - left - edge;
  const frame: Frame = { width: inner, size, theme, domain, ticks: rateTicks(domain, inner, size, edge - 2) };
  const within = (rate: number) => Math.min(Math.max(rate, domain[0]), domain[1]);

  const { range, suggestion } = run;
  const band: Band | null = range && {
    low: within(range.low),
    high: within(range.high),
    text: `usable range ${interval(range.low, range.high)}`,
  };
  const bar = suggestion && ([suggestion.low, suggestion.high] as const);
  const marks = landmarks(run, samples.line, theme);

  // Everything but the panels takes what it needs; the panels share the rest.
  const heading = layHeading(title ?? headline(run), subject(run), width - 2 * edge, small ? 2 : 3, size);
  const flags = layFlags(marks, frame);
  const top = edge + heading.height + 8;
  const stripHeight = size + 8;
  const key = layKey([...lossKey(run, samples, lossEnds, theme), ...barKey(bar, theme)], width - 2 * edge, size);
  const keyTop = rateAxisHeight(frame) + 6;
  const bottom = edge - 4;
  const rest = height - top - flags.height - stripHeight - keyTop - key.height - bottom;
  const slopeHeight = rest < 170 ? 0 : Math.round(rest * 0.28);

  const lossAxis = valueAxis(
    { title: 'loss', height: rest - slopeHeight, domain: lossEnds, ticks: lossTicks, extent },
    size,
  );
  const slopeTitle = textWidth('slope per decade', size) <= slopeHeight ? 'slope per decade' : 'slope';
  const slopeAxis = valueAxis(
    { title: slopeTitle, height: slopeHeight, domain: slopeEnds, ticks: slopeTicks, extent },
    size,
  );

  return {
    ...stackedPicture({ height, inner, left, top, right: edge, bottom, spacing: 0 }),
    description: description(run),
    title: headingTitle(heading, edge - left, 8),
    vconcat: [
      flagsView(flags, frame, bar),
      lossPanel(run, samples, marks, band, frame, lossAxis),
      rangeStrip(band, frame, stripHeight, slopeHeight === 0),
      ...(slopeHeight === 0 ? [] : [slopePanel(run, marks, band, frame, slopeAxis)]),
      keyView(key, { width: inner, left: edge - left, top: keyTop, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

/** The key to the bar above the panel. */
function barKey(bar: readonly [number, number] | null, { suggestion }: Theme): KeyEntry[] {
  if (bar === null) return [];
  const text = 'interval of the best rate';
  return [{ text, shape: shapes.span, color: suggestion, outline: true, area: 400, strokeWidth: 2 }];
}

/** Both ends of the loss axis. */
function lossRange({ line, batches, heldOut }: RunSamples): [number, number] {
  const curve = line.length > 0 ? line : batches;
  if (curve.length === 0) return [0, 1];
  const [low, high] = visibleRange(curve, batches);
  if (heldOut.length === 0) return [low, high];
  const [heldOutLow, heldOutHigh] = visibleRange(heldOut, []);
  return [Math.min(low, heldOutLow), Math.max(high, heldOutHigh)];
}
