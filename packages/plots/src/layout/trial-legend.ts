import { shortName } from '../text/short-name.js';
import { textWidth } from '../text/width.js';
import { entryPadding, type LegendEntry, type LegendLayout, layOutLegend, symbolWidth } from './legend.js';

/** A trial's entry in the legend: its text is the trial's name, and its outcome follows. */
export interface TrialLegendEntry extends LegendEntry {
  /** What comes before the name and is never cut, such as `1. `; empty by default. */
  rank?: string;
  /** The outcome after the name, such as ` – diverged at step 37`. */
  suffix: string;
  /** The same in fewer words. */
  shortSuffix: string;
}

/**
 * The legend of many trials: in columns, in their order down each, and below them the entries that hold for all trials.
 * It takes the fewest lines in which no name is cut. Where these exceed the height, it cuts names.
 *
 * @param width of the legend, in pixels
 * @param height that it should not exceed, in pixels
 * @param size font size, in pixels
 */
export function layOutTrialLegend(
  trials: readonly TrialLegendEntry[],
  others: readonly LegendEntry[],
  width: number,
  height: number,
  size: number,
): LegendLayout {
  const explained = layOutLegend(others, width, size);
  const { lineHeight } = explained;
  const linesBeside = (other: LegendLayout) => Math.floor((height - other.height) / lineHeight);
  const long = inFewestLines(
    trials.map(({ rank = '', text, suffix }) => `${rank}${text}${suffix}`),
    width,
    size,
  );
  const short = inFewestLines(
    trials.map(({ rank = '', text, shortSuffix }) => `${rank}${text}${shortSuffix}`),
    width,
    size,
  );
  // One long column beside an empty half is worse than fewer words.
  const preferred = long.lines > 3 && long.lefts.length === 1 ? short : long;
  const bare = layOutLegend([], width, size);
  const whole = (other: LegendLayout) => [preferred, long, short].find(({ lines }) => lines <= linesBeside(other));
  // What the marks mean is guessed more easily than what was cut from a name.
  const below = whole(explained) || !whole(bare) ? explained : bare;
  const { texts, lines, lefts } = whole(below) ?? cutToFit(trials, width, linesBeside(below), size);
  const placed = trials.map(({ rank: _rank, suffix: _, shortSuffix: __, ...entry }, i) => ({
    entry: { ...entry, text: texts[i] as string },
    x: lefts[Math.floor(i / lines)] as number,
    line: i % lines,
  }));
  return {
    placed: [...placed, ...below.placed.map((place) => ({ ...place, line: place.line + lines }))],
    lineHeight,
    height: lines * lineHeight + below.height,
  };
}

/** Texts in columns. */
interface Columns {
  texts: string[];
  /** Lines of a column. */
  lines: number;
  /** Left ends of the columns, in pixels. */
  lefts: number[];
}

function inFewestLines(texts: string[], width: number, size: number): Columns {
  for (let lines = 1; lines < texts.length; lines++) {
    const columns = inLines(texts, lines, size);
    if (columns.right <= width) return columns;
  }
  const single = inLines(texts, texts.length, size);
  return single.right <= width ? single : { ...single, lines: Number.POSITIVE_INFINITY };
}

/** Columns of that many lines, each as wide as its longest text, and the right end of the last one. */
function inLines(texts: string[], lines: number, size: number): Columns & { right: number } {
  const lefts: number[] = [];
  let next = 0;
  for (let first = 0; first < texts.length; first += lines) {
    lefts.push(next);
    const widest = Math.max(...texts.slice(first, first + lines).map((text) => textWidth(text, size)));
    next += symbolWidth + widest + entryPadding;
  }
  return { texts, lines, lefts, right: next - entryPadding };
}

/** As few columns of equal width as the lines allow, up to four, with names cut to leave room for the outcomes. */
function cutToFit(trials: readonly TrialLegendEntry[], width: number, available: number, size: number): Columns {
  const columns = Math.min(4, Math.ceil(trials.length / Math.max(1, available)));
  const pitch = (width + entryPadding) / columns;
  const texts = trials.map(({ rank = '', text, suffix, shortSuffix }) => {
    const room = pitch - symbolWidth - entryPadding;
    const cut = (left: number) => shortName(text, (shorter) => textWidth(`${rank}${shorter}`, size) <= left);
    const beside = room - textWidth(suffix, size);
    if (beside >= 10 * size) return `${rank}${cut(beside)}${suffix}`;
    const left = room - textWidth(shortSuffix, size);
    // Nobody recognises a name of two letters; the panels show the outcome too.
    return left < 5 * size ? `${rank}${cut(room)}` : `${rank}${cut(left)}${shortSuffix}`;
  });
  const lines = Math.ceil(trials.length / columns);
  return { texts, lines, lefts: Array.from({ length: columns }, (_, i) => i * pitch) };
}
