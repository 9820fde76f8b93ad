import type { OutdoneSchedule, Verification } from '@lrfind/core/results';
import { type RateFrame, rateEncoding } from '../axes/rate-axis.js';
import { clampFar, type ValueAxis, valueEncoding } from '../axes/value-axis.js';
import { type LegendEntry, lineSymbol, symbols } from '../layout/legend.js';
import type { Layer, View } from '../layout/stacked-figure.js';
import { type SeriesStyle, seriesStyle, type Theme } from '../theme.js';
import { lineMark } from './marks.js';
import { type RangeBand, rangeShading } from './range-band.js';

/** The validation loss of one training at its end. */
interface TriedLoss {
  readonly rate: number;
  readonly loss: number;
}

/** The losses at the ends of the trainings that came to their end, and of those that other rates ended early. */
export function triedLosses({ tried }: Pick<Verification, 'tried'>): {
  readonly whole: TriedLoss[];
  readonly early: TriedLoss[];
} {
  const of = (ended: boolean) =>
    tried.flatMap(({ rate, trainings }) =>
      trainings
        .filter(({ outcome }) => (outcome === 'pruned') === ended)
        .flatMap(({ evaluations }) => {
          const loss = evaluations.at(-1)?.validation?.loss;
          return Number.isFinite(loss) ? [{ rate, loss: loss as number }] : [];
        }),
    );
  return { whole: of(false), early: of(true) };
}

/** The mean over seeds at each rate. */
function means(losses: readonly TriedLoss[]): TriedLoss[] {
  return [...new Set(losses.map(({ rate }) => rate))].map((rate) => {
    const own = losses.filter((each) => each.rate === rate);
    return { rate, loss: own.reduce((sum, { loss }) => sum + loss, 0) / own.length };
  });
}

/** Covers the trainings, also those along other schedules, but no loss that is far above those of the whole ones. */
export function triedDomain(
  verification: Verification,
  others: readonly Pick<Verification, 'tried'>[] = [],
): [number, number] {
  const { whole, early } = triedLosses({ tried: [verification, ...others].flatMap(({ tried }) => tried) });
  const losses = (of: readonly TriedLoss[]) => of.map(({ loss }) => loss).toSorted((a, b) => a - b);
  const shown = losses(whole.length > 0 ? whole : early);
  const [low = 0] = losses([...whole, ...early]);
  const middle = shown[Math.floor(shown.length / 2)] ?? low;
  const most = losses([...whole, ...early]).at(-1) ?? low;
  const high = Math.min(most, low + 6 * (middle - low)) || most;
  const margin = (high - low) * 0.12 || Math.abs(low) * 0.05 || 1;
  return [low - margin, high + margin];
}

/**
 * The panel of the short trainings: the validation loss at their end against their rate, with the axis of rates. Schedules that
 * did worse have a line each.
 */
export function triedRatesPanel(
  verification: Verification,
  others: readonly OutdoneSchedule[],
  band: RangeBand | null,
  frame: RateFrame,
  axis: ValueAxis,
): View {
  const { theme } = frame;
  const { whole, early } = triedLosses(verification);
  const y = valueEncoding('loss', axis);
  const within = (losses: readonly TriedLoss[]) =>
    losses.map(({ rate, loss }) => ({ rate, loss: clampFar(axis, loss) }));
  // Opacity of the fill or stroke alone: a mark of less than full opacity is a picture of its own, and one beside the canvas ends
  // the renderer's process.
  const dot = { type: 'point', filled: true, clip: true, opacity: 1 } as const;
  const best = means(whole).filter(({ rate }) => rate === nearest(whole, verification.learningRate));
  return {
    name: 'tried',
    width: frame.width,
    height: axis.height,
    encoding: { x: rateEncoding(frame, 'axis') },
    layer: [
      rangeShading(band, frame),
      ...others.flatMap((other, i) => outdoneLine(other, otherStyle(theme, i), within, y)),
      {
        data: { values: within(early) },
        mark: { ...dot, filled: false, color: theme.muted, size: 20, strokeWidth: 1, strokeOpacity: 0.7 },
        encoding: { y },
      },
      {
        data: { values: within(means(whole)) },
        mark: { ...lineMark, color: theme.heldOut, strokeWidth: 1.75 },
        encoding: { y },
      },
      {
        data: { values: within(whole) },
        mark: { ...dot, color: theme.heldOut, size: 22, fillOpacity: 0.8 },
        encoding: { y },
      },
      { data: { values: within(best) }, mark: { ...dot, color: theme.suggestion, size: 90 }, encoding: { y } },
    ],
  };
}

/** The trainings along a schedule that did worse: a thin line through their means. */
function outdoneLine(
  { schedule, ...verification }: OutdoneSchedule,
  { color, dash }: SeriesStyle,
  within: (losses: readonly TriedLoss[]) => { rate: number; loss: number | null }[],
  y: ReturnType<typeof valueEncoding>,
): Layer[] {
  const values = within(means(triedLosses(verification).whole)).map((each) => ({ ...each, schedule }));
  return [
    {
      data: { values },
      mark: { ...lineMark, color, strokeDash: [...dash], strokeWidth: 1.25 },
      encoding: { y },
    },
    { data: { values }, mark: { type: 'point', filled: true, clip: true, color, size: 16 }, encoding: { y } },
  ];
}

/** The style of the line of a schedule that did worse: none of the colours that have a meaning in the panel. */
function otherStyle(theme: Theme, index: number): SeriesStyle {
  const series = theme.series.filter((color) => color !== theme.heldOut && color !== theme.suggestion);
  return seriesStyle({ ...theme, series }, index);
}

/** The entries of the panel in the legend. */
export function triedRatesLegend(
  verification: Verification,
  others: readonly OutdoneSchedule[],
  theme: Theme,
): LegendEntry[] {
  const { heldOut, muted } = theme;
  const { early } = triedLosses(verification);
  const { schedule, comparedBy } = verification;
  return [
    {
      text: `${schedule === undefined ? 'short trainings' : schedule} (${verification.length} steps), ${comparedBy === 'batches' ? 'loss of the last batches' : 'validation loss'}`,
      shape: symbols.linePoint,
      color: heldOut,
      area: 400,
      strokeWidth: 1.75,
    },
    ...others.map((other, i) => {
      const { color, dash } = otherStyle(theme, i);
      return { text: other.schedule ?? '', ...lineSymbol, color, dash, strokeWidth: 1.25 };
    }),
    ...(early.length > 0
      ? [{ text: 'ended earlier', shape: 'circle', color: muted, outline: true, area: 30, strokeWidth: 1 }]
      : []),
  ];
}

function nearest(losses: readonly TriedLoss[], rate: number): number | undefined {
  const distance = (of: number) => Math.abs(Math.log(of / rate));
  return losses.map((each) => each.rate).toSorted((a, b) => distance(a) - distance(b))[0];
}
