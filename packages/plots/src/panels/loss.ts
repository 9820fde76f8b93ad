import type { SweepResult } from '@lrfind/core/results';
import { type RateFrame, rateEncoding, xPosition } from '../axes/rate-axis.js';
import { clampFar, type ValueAxis, valueEncoding, yPosition } from '../axes/value-axis.js';
import { thinPoints } from '../curves/simplify.js';
import { offTheLosses } from '../curves/smoothed-stretches.js';
import type { Sample, SweepSamples } from '../curves/sweep-samples.js';
import { type LegendEntry, lineSymbol, symbols } from '../layout/legend.js';
import type { Layer, View } from '../layout/stacked-figure.js';
import type { Theme } from '../theme.js';
import { type Landmark, landmarkDots, landmarkRules } from './landmarks.js';
import { lineMark, message } from './marks.js';
import { type RangeBand, rangeShading } from './range-band.js';

/** The panel of the losses of sweeps over their rates, with landmarks. */
export function lossPanel(
  result: SweepResult,
  { batches, heldOut }: SweepSamples,
  marks: readonly Landmark[],
  band: RangeBand | null,
  untried: readonly UntriedRates[],
  frame: RateFrame,
  axis: ValueAxis,
): View {
  return {
    name: 'loss',
    width: frame.width,
    height: axis.height,
    encoding: { x: rateEncoding(frame, 'grid') },
    layer: [
      rangeShading(band, frame),
      untriedShading(untried, frame),
      quartiles(result, frame, axis),
      batchLosses(batches, frame, axis),
      batchesOutside(batches, frame, axis),
      ...heldOutLoss(heldOut, frame, axis),
      ...smoothedLoss(result, frame, axis),
      landmarkRules(marks),
      landmarkDots(marks, frame, axis),
      ...(batches.length === 0 ? [message('no finite loss was measured', frame, axis)] : []),
    ],
  };
}

/** The legend of the panel: an entry for each kind of mark that occurs. */
export function lossLegend(
  { sweeps, curve }: SweepResult,
  { smoothed, batches, heldOut }: SweepSamples,
  untried: readonly UntriedRates[],
  domain: ValueAxis['domain'],
  { loss, heldOut: heldOutColor, steepest }: Theme,
): LegendEntry[] {
  const several = sweeps.length > 1;
  const beyond = batches.filter(outside(domain));
  const above = beyond.some((sample) => sample.loss > domain[1]);
  const entries: (LegendEntry | false)[] = [
    batches.length > beyond.length && { text: 'batch loss', shape: 'circle', color: loss, opacity: 0.6, area: 18 },
    beyond.length > 0 && {
      text: `beyond the axis (${beyond.length})`,
      shape: above ? 'triangle-up' : 'triangle-down',
      color: loss,
      opacity: 0.6,
      area: 30,
    },
    smoothed.length > 0 && { ...lineSymbol, text: 'smoothed loss', color: loss, strokeWidth: 2.25 },
    offTheLosses(curve).includes(true) && {
      ...lineSymbol,
      text: 'off the losses, by its cap or smoothing',
      color: loss,
      strokeWidth: offLine.strokeWidth,
      dash: offLine.strokeDash,
      opacity: offLine.strokeOpacity,
    },
    several && { text: 'quartiles', shape: 'square', color: loss, opacity: 0.25, area: 140 },
    heldOut.length > 0 && {
      text: 'validation loss',
      shape: symbols.linePoint,
      color: heldOutColor,
      area: 400,
      strokeWidth: 1.25,
    },
    untried.length > 0 && { text: 'not tried', shape: 'square', color: steepest, opacity: 0.16, area: 140 },
  ];
  return entries.filter((entry) => entry !== false);
}

const outside =
  ([low, high]: ValueAxis['domain']) =>
  ({ loss }: Sample) =>
    loss < low || loss > high;

/** The smoothed loss: paler and dashed where it lies off the losses. */
function smoothedLoss({ curve }: SweepResult, { theme }: RateFrame, axis: ValueAxis): Layer[] {
  const off = offTheLosses(curve);
  const y = valueEncoding('loss', axis);
  // A stretch includes the points at which the others begin, so that the line has no gaps.
  const of = (stretch: boolean) =>
    curve.map(({ rate, smoothed }, i) => {
      const isPart = off[i] === stretch || (stretch && (off[i - 1] === stretch || off[i + 1] === stretch));
      return { rate, loss: isPart ? clampFar(axis, smoothed) : null };
    });
  return [
    { data: { values: of(false) }, mark: { ...lineMark, color: theme.loss, strokeWidth: 2.25 }, encoding: { y } },
    ...(off.includes(true)
      ? [{ data: { values: of(true) }, mark: { ...lineMark, color: theme.loss, ...offLine }, encoding: { y } }]
      : []),
  ];
}

/** The line where the smoothed loss lies off the losses. */
const offLine = { strokeWidth: 1.5, strokeDash: [4, 3], strokeOpacity: 0.75 };

/** Rates beside those that were swept. */
export interface UntriedRates {
  rate: number;
  end: number;
}

/** The shading of rates that were not swept, where the curve is cut off. */
function untriedShading(untried: readonly UntriedRates[], { theme }: RateFrame): Layer {
  return {
    data: { values: [...untried] },
    mark: { type: 'rect', color: theme.steepest, opacity: 0.16 },
    encoding: { x2: { field: 'end' } },
  };
}

function quartiles({ sweeps, curve }: SweepResult, { theme }: RateFrame, axis: ValueAxis): Layer {
  const shown = sweeps.length < 2 ? [] : curve;
  const values = shown.map(({ rate, low, high }) => ({
    rate,
    loss: clampFar(axis, low),
    high: clampFar(axis, high),
  }));
  return {
    data: { values },
    mark: { ...lineMark, type: 'area', line: false, color: theme.loss, opacity: 1, fillOpacity: 0.25 },
    encoding: { y: valueEncoding('loss', axis), y2: { field: 'high' } },
  };
}

function batchLosses(batches: readonly Sample[], frame: RateFrame, axis: ValueAxis): Layer {
  const beyond = outside(axis.domain);
  const values = thinPoints(
    batches.filter((sample) => !beyond(sample)),
    ({ rate, loss }) => [xPosition(frame, rate), yPosition(axis, loss)],
    1000,
  );
  const many = values.length > 600;
  return {
    data: { values },
    mark: { type: 'point', filled: true, color: frame.theme.loss, opacity: many ? 0.35 : 0.5, size: many ? 6 : 9 },
    encoding: { y: valueEncoding('loss', axis) },
  };
}

/** Losses outside the panel are drawn at its edge, so that readers see that they exist. */
function batchesOutside(batches: readonly Sample[], frame: RateFrame, axis: ValueAxis): Layer {
  const [low, high] = axis.domain;
  const atEdge = batches
    .filter(outside(axis.domain))
    .map(({ rate, loss }) =>
      loss > high
        ? { rate, loss: high, shape: 'triangle-up', inwards: 4 }
        : { rate, loss: low, shape: 'triangle-down', inwards: -4 },
    );
  return {
    data: { values: thinPoints(atEdge, ({ rate, loss }) => [xPosition(frame, rate), yPosition(axis, loss)], 200) },
    mark: {
      type: 'point',
      filled: true,
      shape: { expr: 'datum.shape' },
      yOffset: { expr: 'datum.inwards' },
      color: frame.theme.loss,
      opacity: 0.6,
      size: 20,
    },
    encoding: { y: valueEncoding('loss', axis) },
  };
}

function heldOutLoss(heldOut: readonly Sample[], { theme, size }: RateFrame, axis: ValueAxis): Layer[] {
  if (heldOut.length === 0) return [];
  const y = valueEncoding('loss', axis);
  const beyond = outside(axis.domain);
  return [
    {
      data: { values: heldOut.map(({ rate, loss }) => ({ rate, loss: clampFar(axis, loss) })) },
      mark: { ...lineMark, color: theme.heldOut, strokeWidth: 1.25 },
      encoding: { y },
    },
    {
      data: { values: heldOut.length > 60 ? [] : heldOut.filter((sample) => !beyond(sample)) },
      mark: { type: 'point', filled: true, shape: 'diamond', color: theme.heldOut, opacity: 1, size: 3 * size },
      encoding: { y },
    },
  ];
}
