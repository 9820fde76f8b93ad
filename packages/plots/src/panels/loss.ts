import type { SweepResult } from '@lrfind/core/results';
import { column, type Frame, rateEncoding } from '../axes/rate-axis.js';
import { row, type ValueAxis, valueEncoding, withinReach } from '../axes/value-axis.js';
import type { Layer, View } from '../render/vega-lite.js';
import type { Landmark } from '../captions/landmarks.js';
import type { RunSamples } from '../curves/sweep-samples.js';
import { thinPoints } from '../curves/thin-points.js';
import type { Sample } from '../curves/loss-domain.js';
import type { Theme } from '../theme.js';
import { curveMark } from './curve-mark.js';
import { type KeyEntry, shapes } from '../layout/legend.js';
import { dots, lines } from './landmark-layers.js';
import { message } from './message.js';
import { type Band, shading } from './range-band.js';

/** The losses of a run over its rates, with their landmarks. */
export function lossPanel(
  run: SweepResult,
  samples: RunSamples,
  marks: readonly Landmark[],
  band: Band | null,
  frame: Frame,
  axis: ValueAxis,
): View {
  return {
    name: 'loss',
    width: frame.width,
    height: axis.height,
    encoding: { x: rateEncoding(frame, 'grid') },
    layer: [
      shading(band, frame),
      quartiles(run, frame, axis),
      batchLosses(samples.batches, frame, axis),
      batchesBeyond(samples.batches, frame, axis),
      ...heldOutLoss(samples.heldOut, frame, axis),
      smoothedLoss(run, frame, axis),
      lines(marks),
      dots(marks, frame, axis),
      ...(samples.batches.length === 0 ? [message('no finite loss was measured', frame, axis)] : []),
    ],
  };
}

/** What the key says about the panel: an entry for each kind of mark that occurs. */
export function lossKey(
  run: SweepResult,
  { line, batches, heldOut }: RunSamples,
  domain: ValueAxis['domain'],
  { loss, heldOut: heldOutColor }: Theme,
): KeyEntry[] {
  const several = run.seeds.length > 1;
  const beyond = batches.filter(outside(domain));
  const high = beyond.some((sample) => sample.loss > domain[1]);
  const entries: (KeyEntry | false)[] = [
    batches.length > beyond.length && { text: 'batch loss', shape: 'circle', color: loss, opacity: 0.6, area: 18 },
    beyond.length > 0 && {
      text: `beyond the axis (${beyond.length})`,
      shape: high ? 'triangle-up' : 'triangle-down',
      color: loss,
      opacity: 0.6,
      area: 30,
    },
    line.length > 0 && {
      text: 'smoothed loss',
      shape: shapes.line,
      color: loss,
      outline: true,
      area: 400,
      strokeWidth: 2.25,
    },
    several && { text: 'quartiles', shape: 'square', color: loss, opacity: 0.25, area: 140 },
    heldOut.length > 0 && {
      text: 'held-out loss',
      shape: shapes.linePoint,
      color: heldOutColor,
      area: 400,
      strokeWidth: 1.25,
    },
  ];
  return entries.filter((entry) => entry !== false);
}

const outside =
  ([low, high]: ValueAxis['domain']) =>
  ({ loss }: Sample) =>
    loss < low || loss > high;

function smoothedLoss(run: SweepResult, { theme }: Frame, axis: ValueAxis): Layer {
  return {
    data: { values: run.curve.map(({ rate, smoothed }) => ({ rate, loss: withinReach(axis, smoothed) })) },
    mark: { ...curveMark, color: theme.loss, strokeWidth: 2.25 },
    encoding: { y: valueEncoding('loss', axis) },
  };
}

function quartiles(run: SweepResult, { theme }: Frame, axis: ValueAxis): Layer {
  const curve = run.seeds.length < 2 ? [] : run.curve;
  const values = curve.map(({ rate, low, high }) => ({
    rate,
    loss: withinReach(axis, low),
    high: withinReach(axis, high),
  }));
  return {
    data: { values },
    mark: { ...curveMark, type: 'area', line: false, color: theme.loss, opacity: 1, fillOpacity: 0.25 },
    encoding: { y: valueEncoding('loss', axis), y2: { field: 'high' } },
  };
}

function batchLosses(batches: readonly Sample[], frame: Frame, axis: ValueAxis): Layer {
  const beyond = outside(axis.domain);
  const values = thinPoints(
    batches.filter((sample) => !beyond(sample)),
    ({ rate, loss }) => [column(frame, rate), row(axis, loss)],
    1000,
  );
  const many = values.length > 600;
  return {
    data: { values },
    mark: { type: 'point', filled: true, color: frame.theme.loss, opacity: many ? 0.35 : 0.5, size: many ? 6 : 9 },
    encoding: { y: valueEncoding('loss', axis) },
  };
}

/** Losses beyond an edge of the panel are drawn at the edge, so that they are seen to exist. */
function batchesBeyond(batches: readonly Sample[], frame: Frame, axis: ValueAxis): Layer {
  const [low, high] = axis.domain;
  const atEdge = batches
    .filter(outside(axis.domain))
    .map(({ rate, loss }) =>
      loss > high
        ? { rate, loss: high, shape: 'triangle-up', inwards: 4 }
        : { rate, loss: low, shape: 'triangle-down', inwards: -4 },
    );
  return {
    data: { values: thinPoints(atEdge, ({ rate, loss }) => [column(frame, rate), row(axis, loss)], 200) },
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

function heldOutLoss(heldOut: readonly Sample[], { theme, size }: Frame, axis: ValueAxis): Layer[] {
  if (heldOut.length === 0) return [];
  const y = valueEncoding('loss', axis);
  const beyond = outside(axis.domain);
  return [
    {
      data: { values: heldOut.map(({ rate, loss }) => ({ rate, loss: withinReach(axis, loss) })) },
      mark: { ...curveMark, color: theme.heldOut, strokeWidth: 1.25 },
      encoding: { y },
    },
    {
      data: { values: heldOut.length > 60 ? [] : heldOut.filter((sample) => !beyond(sample)) },
      mark: { type: 'point', filled: true, shape: 'diamond', color: theme.heldOut, opacity: 1, size: 3 * size },
      encoding: { y },
    },
  ];
}
