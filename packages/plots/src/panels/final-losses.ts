import { numberText } from '@lrfind/core';
import { endMeasures } from '@lrfind/core/study';
import { axisTicks, type Tick } from '../axes/ticks.js';
import { logDomain, logShare } from '../curves/log-scale.js';
import { largest, padded } from '../curves/robust-domain.js';
import { symbols, symbolWidth } from '../layout/legend.js';
import { titlesHeight } from '../layout/panel-rows.js';
import { shortName } from '../layout/short-name.js';
import type { Layer, View } from '../layout/stacked-figure.js';
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
  const log = positive && (logLoss ?? largest(losses) >= 10 * low);
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
  const plotLeft = symbolWidth + Math.max(...labels.map(wide)) + 2 * GAP;
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
    const each = <Value>(of: (row: FinalLossRow, y: number, i: number) => Value[]) =>
      rows.flatMap((row, i) => of(row, y(i), i));
    const color = (row: FinalLossRow) => row.style?.color ?? theme.muted;
    return {
      width: inner,
      height: top + height,
      layer: [
        rules(
          ticks.map((tick) => ({ x: left + tick.x, y: top + above, x2: left + tick.x, y2: top + bottom })),
          {
            color: theme.grid,
            strokeWidth: 1,
          },
        ),
        rules([{ x: left + plotLeft, y: top + bottom, x2: left + plotLeft + plotWidth, y2: top + bottom }], {
          color: theme.axis,
          strokeWidth: 1,
        }),
        rules(best === null || !inside(best) ? [] : [{ x: x(best), y: top + above, x2: x(best), y2: top + bottom }], {
          color: theme.muted,
          strokeWidth: 1,
          strokeDash: [3, 3],
        }),
        // The range of the trials without lines of their own.
        rules(
          each((row, at) =>
            row.style === null && row.seeds.length > 0
              ? [{ x: x(Math.min(...row.seeds)), x2: x(largest(row.seeds)) + 1, y: at, y2: at }]
              : [],
          ),
          { color: theme.muted, strokeWidth: lineHeight * 0.5, strokeOpacity: 0.35 },
        ),
        rules(
          each((row, at) =>
            row.interval ? [{ x: x(row.interval[0]), x2: x(row.interval[1]), y: at, y2: at, color: color(row) }] : [],
          ),
          { strokeWidth: 1.5 },
        ),
        rules(
          each((row, at) =>
            (row.interval ?? []).flatMap((end) =>
              inside(end) ? [{ x: x(end), x2: x(end), y: at - 3.5, y2: at + 3.5, color: color(row) }] : [],
            ),
          ),
          { strokeWidth: 1.5 },
        ),
        points(
          each((row, at) =>
            row.style === null || row.seeds.length < 2
              ? []
              : row.seeds.filter(inside).map((loss) => ({ x: x(loss), y: at, color: color(row), shape: 'circle' })),
          ),
          { size: 14, fillOpacity: 0.55, fill: { expr: 'datum.color' }, strokeWidth: 0 },
        ),
        points(
          each((row, at) =>
            row.loss !== null && row.style && inside(row.loss)
              ? [
                  {
                    x: x(row.loss),
                    y: at,
                    color: color(row),
                    fill: row.hollow ? theme.background : color(row),
                    shape: 'circle',
                  },
                ]
              : [],
          ),
          { size: 5.5 * size, fill: { expr: 'datum.fill' }, stroke: { expr: 'datum.color' }, strokeWidth: 1.5 },
        ),
        points(
          each<object>((row, at) => {
            if (row.style === null) return [];
            if (row.loss === null)
              return [{ x: left + plotLeft + plotWidth - 5, y: at, color: color(row), shape: symbols.cross }];
            if (inside(row.loss)) return [];
            const shape = share(row.loss) > 1 ? symbols.arrowRight : symbols.arrowLeft;
            return [{ x: x(row.loss) + (share(row.loss) > 1 ? -5 : 5), y: at, color: color(row), shape }];
          }),
          { size: 50, fill: 'transparent', stroke: { expr: 'datum.color' }, strokeWidth: 2 },
        ),
        points(
          each((row, at) =>
            row.style
              ? [
                  {
                    x: left + (symbolWidth - 6) / 2,
                    y: at,
                    color: row.style.color,
                    dash: [...row.style.dash],
                    shape: symbols.line,
                  },
                ]
              : [],
          ),
          { size: 400, stroke: { expr: 'datum.color' }, strokeDash: { expr: 'datum.dash' }, strokeWidth: 2 },
        ),
        points(
          each((row, at) =>
            row.style ? [] : [{ x: left + (symbolWidth - 6) / 2, y: at, color: theme.muted, shape: 'square' }],
          ),
          { size: 140, fill: { expr: 'datum.color' }, fillOpacity: 0.3, strokeWidth: 0 },
        ),
        texts(
          each((_, at, i) => [{ x: left + symbolWidth, y: at, text: labels[i] as string }]),
          'left',
          size,
          theme.muted,
        ),
        texts(
          each(({ value }, at) => [{ x: left + width, y: at, text: value }]),
          'right',
          size,
          theme.text,
        ),
        texts(
          ticks.map((tick) => ({ x: left + tick.x, y: top + bottom + Math.round(0.95 * size), text: tick.text })),
          'center',
          size,
          theme.muted,
        ),
        texts(
          title === undefined ? [] : [{ x: left + plotLeft, y: top + above - 6 - Math.round(size * 0.5), text: title }],
          'left',
          size,
          theme.text,
        ),
      ],
    };
  };
  return { height, view };
}

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

const pixel = { type: 'quantitative', scale: null, axis: null } as const;

function rules(values: readonly object[], style: object): Layer {
  return {
    data: { values: [...values] },
    mark: { type: 'rule', ...(Object.hasOwn(style, 'color') ? {} : { color: { expr: 'datum.color' } }), ...style },
    encoding: {
      x: { field: 'x', ...pixel },
      y: { field: 'y', ...pixel },
      x2: { field: 'x2' },
      y2: { field: 'y2' },
    },
  };
}

function points(values: readonly object[], style: object): Layer {
  return {
    data: { values: [...values] },
    mark: { type: 'point', opacity: 1, shape: { expr: 'datum.shape' }, ...style },
    encoding: { x: { field: 'x', ...pixel }, y: { field: 'y', ...pixel } },
  };
}

function texts(values: readonly object[], align: 'left' | 'center' | 'right', size: number, color: string): Layer {
  return {
    data: { values: [...values] },
    mark: { type: 'text', align, baseline: 'middle', fontSize: size, color },
    encoding: { x: { field: 'x', ...pixel }, y: { field: 'y', ...pixel }, text: { field: 'text' } },
  };
}

/** Some losses in a range: `0.11 to 0.31`. */
export function rangeText(losses: readonly number[]): string {
  if (losses.length === 0) return '';
  const [low, high] = [Math.min(...losses), largest(losses)];
  return low === high ? numberText(low, 3) : `${numberText(low, 3)} to ${numberText(high, 3)}`;
}
