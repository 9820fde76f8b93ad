import { numberText, spansDecade } from '@lrfind/core';
import { endMeasures } from '@lrfind/core/study';
import { axisTicks, type Tick } from '../axes/ticks.js';
import { logDomain, logShare } from '../curves/log-scale.js';
import { largest, padded } from '../curves/robust-domain.js';
import { symbols, symbolWidth } from '../layout/legend.js';
import { titlesHeight } from '../layout/panel-rows.js';
import type { View } from '../layout/stacked-figure.js';
import { shortName } from '../text/short-name.js';
import { textWidth } from '../text/width.js';
import type { SeriesStyle, Theme } from '../theme.js';
import type { StyledTrial } from './trial-curves.js';

/** A row of the dot plot: a trial, or the trials that have no line of their own. */
export interface FinalLossRow {
  /** Colour and dashes of its line in the panels above; null for a band. */
  style: SeriesStyle | null;
  /** The name, which is shortened where there is no room. */
  name: string;
  /** What comes before the name and after it; neither is shortened. */
  rank: string;
  suffix: string;
  /** The suffix in fewer words. */
  shortSuffix: string;
  /** The loss at the end of each seed. */
  seeds: readonly number[];
  /** Mean over seeds; null where there is none. */
  loss: number | null;
  /** Where the loss may be in truth; null where it is not known. */
  interval: readonly [low: number, high: number] | null;
  /** The loss as text; a cross stands for a missing one. */
  value: string;
  /** Whether the mean is not that of a whole training. */
  hollow: boolean;
}

/** The loss at the end of each seed of a trial, as it is ranked. */
export function endLosses({ trial }: Pick<StyledTrial, 'trial'>): number[] {
  return trial.trainings.flatMap((training) => {
    const loss = endMeasures(training)?.loss;
    return training.outcome !== 'diverged' && Number.isFinite(loss) ? [loss as number] : [];
  });
}

/** The interval of a trial's distance from the best one, beside the loss of the best; null where it is not known. */
export function intervalOf({ ranked }: StyledTrial, best: number | null): [low: number, high: number] | null {
  const { behind } = ranked;
  if (!behind || behind.capped || behind.low === null || behind.high === null || best === null) return null;
  return [best + behind.low, best + behind.high];
}

/** Both ends of the axis of losses, and whether it is logarithmic. */
interface FinalScale {
  domain: readonly [number, number];
  log: boolean;
}

/**
 * The scale of the dot plot: logarithmic where the losses span a decade. It leaves out what lies far above the loss before
 * training, where nothing was learned.
 */
export function finalScale(rows: readonly FinalLossRow[], start: number | null, logLoss?: boolean): FinalScale {
  const losses = rows.flatMap(({ seeds, loss }) => [...seeds, ...(loss === null ? [] : [loss])]);
  if (losses.length === 0) return { domain: [0, 1], log: false };
  const low = losses.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const positive = low > 0;
  const log = positive && (logLoss ?? spansDecade(losses));
  const limit =
    start === null || start <= low ? Number.POSITIVE_INFINITY : log ? 10 * start : start + (start - low) / 4;
  const high = largest(losses.filter((loss) => loss <= limit));
  if (log) return { domain: logDomain(Math.max(low, high / 1e12), high, 0.06), log };
  const within = rows
    .flatMap(({ interval }) => interval ?? [])
    .filter((end) => end > low - (high - low) / 2 && end < high + (high - low) / 2);
  return { domain: padded(Math.min(low, ...within), Math.max(high, ...within)), log };
}

/** The dot plot laid out: lengths in pixels. */
export interface FinalLossesLayout {
  height: number;
  view: (box: { left: number; top: number; width: number; size: number; theme: Theme }) => View;
}

/** Space between the columns, in pixels. */
const GAP = 10;

/**
 * The losses at the end of the trials as a dot plot: a row for each trial in the order of the ranking, with the symbol of its line,
 * its name, a dot for each seed, the mean with its interval, and the loss as a number. It takes the place of a legend.
 *
 * @param best the loss of the best trial, at which a line stands; null for none
 * @param width of the whole, in pixels
 * @param size font size, in pixels
 */
export function layOutFinalLosses(
  rows: readonly FinalLossRow[],
  { domain, log }: FinalScale,
  best: number | null,
  width: number,
  size: number,
): FinalLossesLayout {
  const wide = (text: string) => textWidth(text, size);
  const lineHeight = Math.round(size * 1.6);
  const valueWidth = Math.max(...rows.map(({ value }) => wide(value)), 0);
  const least = Math.max(90, 0.3 * width);
  const room = width - symbolWidth - valueWidth - 3 * GAP - least;
  const fits = (text: string) => wide(text) <= room;
  const labels = rows.map(({ rank, name, suffix, shortSuffix }) => {
    const whole = [suffix, shortSuffix].map((after) => `${rank}${name}${after}`).find(fits);
    const shorter = shortName(name, (text) => fits(`${rank}${text}${shortSuffix}`));
    return whole ?? (fits(`${rank}${shorter}${shortSuffix}`) ? `${rank}${shorter}${shortSuffix}` : `${rank}${shorter}`);
  });
  const plotLeft = symbolWidth + Math.max(0, ...labels.map(wide)) + 2 * GAP;
  const plotWidth = width - plotLeft - valueWidth - GAP;
  const above = titlesHeight(size);
  const bottom = above + rows.length * lineHeight;
  const height = bottom + Math.round(1.7 * size);
  const share = (loss: number) => (log ? logShare(loss, domain) : (loss - domain[0]) / (domain[1] - domain[0]));
  // Beyond the axis at its edge, also what a logarithm has no place for.
  const position = (loss: number) =>
    plotLeft + plotWidth * (log && loss <= 0 ? 0 : Math.min(1, Math.max(0, share(loss))));
  const ticks = horizontalTicks(domain, plotWidth, size, log).map((tick) => ({ ...tick, x: position(tick.value) }));
  const scaleNote = log ? ' (log scale)' : '';
  const title = [`validation loss at the end${scaleNote}`, `loss at the end${scaleNote}`, 'loss at the end'].find(
    (text) => wide(text) <= width - plotLeft,
  );

  const view: FinalLossesLayout['view'] = ({ left, top, width: inner, theme }) => {
    const y = (row: number) => top + above + (row + 0.5) * lineHeight;
    const x = (loss: number) => left + position(loss);
    const inside = (loss: number) => share(loss) >= 0 && share(loss) <= 1;
    const middle = left + (symbolWidth - 6) / 2;
    const upright = (at: number, color: string, style: object = {}) => ({
      ...{ part: 'axis', x: at, x2: at, y: top + above, y2: top + bottom, color, strokeWidth: 1, dash: [], opacity: 1 },
      ...style,
    });
    const lines = rows.flatMap(({ style, seeds, interval }, i): object[] => {
      const level = { y: y(i), y2: y(i), dash: [], opacity: 1, strokeWidth: 1.5, color: style?.color ?? theme.muted };
      if (style === null) {
        if (seeds.length === 0) return [];
        // The range of the trials without lines of their own.
        const [low, high] = [x(Math.min(...seeds)), x(largest(seeds)) + 1];
        return [{ ...level, part: 'others', x: low, x2: high, strokeWidth: lineHeight / 2, opacity: 0.35 }];
      }
      if (interval === null) return [];
      const ends = interval.filter(inside).map((end) => ({ x: x(end), x2: x(end), y: y(i) - 3.5, y2: y(i) + 3.5 }));
      return [
        { ...level, part: 'interval', x: x(interval[0]), x2: x(interval[1]) },
        ...ends.map((end) => ({ ...level, part: 'end', ...end })),
      ];
    });
    const dots = rows.flatMap((row, i): object[] => {
      const { style, seeds, loss, hollow } = row;
      const at = { y: y(i), stroke: 'transparent', fill: 'transparent', opacity: 1, strokeWidth: 2, dash: [] };
      if (style === null)
        return [{ ...at, part: 'symbol', x: middle, shape: 'square', fill: theme.muted, opacity: 0.3, area: 140 }];
      const { color } = style;
      const sign = { ...at, stroke: color, area: 50 };
      const beyond = (to: number) =>
        (share(to) > 1 ? [-5, symbols.arrowRight] : [5, symbols.arrowLeft]) as [number, string];
      const mean =
        loss === null
          ? { ...sign, part: 'cross', x: left + plotLeft + plotWidth - 5, shape: symbols.cross }
          : inside(loss)
            ? {
                ...sign,
                part: 'mean',
                x: x(loss),
                shape: 'circle',
                fill: hollow ? theme.background : color,
                strokeWidth: 1.5,
                area: 5.5 * size,
              }
            : { ...sign, part: 'arrow', x: x(loss) + beyond(loss)[0], shape: beyond(loss)[1] };
      const single = seeds.length < 2 ? [] : seeds.filter(inside);
      return [
        { ...sign, part: 'symbol', x: middle, shape: symbols.line, area: 400, dash: [...style.dash] },
        ...single.map((seed) => ({
          ...at,
          part: 'seed',
          x: x(seed),
          shape: 'circle',
          fill: color,
          opacity: 0.55,
          area: 14,
        })),
        mean,
      ];
    });
    const writing = (part: string, text: string, at: { x: number; y: number }, align: string, color: string) => ({
      ...{ part, text, align, color, ...at },
    });
    return {
      width: inner,
      height: top + height,
      layer: [
        {
          data: {
            values: [
              ...ticks.map((tick) => upright(left + tick.x, theme.grid)),
              { ...upright(left + plotLeft, theme.axis), x2: left + plotLeft + plotWidth, y: top + bottom },
              ...(best === null || !inside(best)
                ? []
                : [upright(x(best), theme.muted, { part: 'best', dash: [3, 3] })]),
              ...lines,
            ],
          },
          mark: {
            ...{ type: 'rule', color: { expr: 'datum.color' }, strokeWidth: { expr: 'datum.strokeWidth' } },
            ...{ strokeOpacity: { expr: 'datum.opacity' }, strokeDash: { expr: 'datum.dash' } },
          },
          encoding: { ...pixels, x2: { field: 'x2' }, y2: { field: 'y2' } },
        },
        {
          data: { values: dots },
          mark: {
            ...{ type: 'point', opacity: 1, shape: { expr: 'datum.shape' }, size: { expr: 'datum.area' } },
            ...{ fill: { expr: 'datum.fill' }, fillOpacity: { expr: 'datum.opacity' } },
            ...{ stroke: { expr: 'datum.stroke' }, strokeWidth: { expr: 'datum.strokeWidth' } },
            strokeDash: { expr: 'datum.dash' },
          },
          encoding: pixels,
        },
        {
          data: {
            values: [
              ...rows.flatMap(({ value }, i) => [
                writing('name', labels[i] as string, { x: left + symbolWidth, y: y(i) }, 'left', theme.muted),
                writing('value', value, { x: left + width, y: y(i) }, 'right', theme.text),
              ]),
              ...ticks.map((tick) => {
                const at = { x: left + tick.x, y: top + bottom + Math.round(0.95 * size) };
                return writing('tick', tick.text, at, 'center', theme.muted);
              }),
              ...(title === undefined
                ? []
                : [
                    writing(
                      'title',
                      title,
                      { x: left + plotLeft, y: top + above - 6 - Math.round(size / 2) },
                      'left',
                      theme.text,
                    ),
                  ]),
            ],
          },
          mark: {
            ...{ type: 'text', align: { expr: 'datum.align' }, baseline: 'middle', fontSize: size },
            color: { expr: 'datum.color' },
          },
          encoding: { ...pixels, text: { field: 'text' } },
        },
      ],
    };
  };
  return { height, view };
}

const pixel = { type: 'quantitative', scale: null, axis: null } as const;
const pixels = { x: { field: 'x', ...pixel }, y: { field: 'y', ...pixel } } as const;

/** Ticks whose labels neither touch nor leave the plot by more than the gap beside it. */
function horizontalTicks(domain: readonly [number, number], width: number, size: number, log: boolean): Tick[] {
  const place = ({ value }: Tick) =>
    width * (log ? logShare(value, domain) : (value - domain[0]) / (domain[1] - domain[0]));
  const spaced = (ticks: readonly Tick[]) =>
    ticks.every((tick, i) => {
      const half = textWidth(tick.text, size) / 2;
      const before = ticks[i - 1];
      const free = before ? place(before) + textWidth(before.text, size) / 2 + 0.8 * size : -GAP;
      return place(tick) - half >= free && place(tick) + half <= width + GAP;
    });
  // As if it were a vertical axis with less and less room.
  for (let room = width / 2.5; room > 2 * size; room *= 0.8) {
    const ticks = axisTicks(domain, room, size, log).filter(({ text }) => text !== '');
    const kept = ticks.filter((tick) => {
      const half = textWidth(tick.text, size) / 2;
      return place(tick) - half >= -GAP && place(tick) + half <= width + GAP;
    });
    if (kept.length > 0 && spaced(kept)) return kept;
  }
  return [];
}

/** Some losses in a range: `0.11 to 0.31`. */
export function rangeText(losses: readonly number[]): string {
  if (losses.length === 0) return '';
  const [low, high] = [Math.min(...losses), largest(losses)];
  return low === high ? numberText(low, 3) : `${numberText(low, 3)} to ${numberText(high, 3)}`;
}
