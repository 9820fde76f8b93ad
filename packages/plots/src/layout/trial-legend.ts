import { cutText, textWidth } from '../text/width.js';
import { entryGap, type KeyEntry, type KeyLayout, layKey, sampleWidth } from './legend.js';

/** A run's entry in the key: its text is the run's name, and what became of it follows. */
export interface RunEntry extends KeyEntry {
  /** what is said of the run after its name, and the same in fewer words */
  tail: string;
  shortTail: string;
}

/**
 * The key to many runs: in columns, in their order down each, and below them the entries that hold for all runs. The fewest rows are
 * taken in which no name is cut. Where that takes more than the height, names are cut.
 *
 * @param width of the key, in pixels
 * @param height it should not exceed, in pixels
 * @param size font size, in pixels
 */
export function layRunKey(
  runs: readonly RunEntry[],
  others: readonly KeyEntry[],
  width: number,
  height: number,
  size: number,
): KeyLayout {
  const below = layKey(others, width, size);
  const room = Math.floor((height - below.height) / below.pitch);
  const long = inFewestRows(
    runs.map(({ text, tail }) => `${text}${tail}`),
    width,
    size,
  );
  const short = inFewestRows(
    runs.map(({ text, shortTail }) => `${text}${shortTail}`),
    width,
    size,
  );
  // One long column beside an empty half is worse than fewer words.
  const whole = [long.rows > 3 && long.lefts.length === 1 ? short : long, long, short].find(({ rows }) => rows <= room);
  const { texts, rows, lefts } = whole ?? cutToFit(runs, width, room, size);
  const places = runs.map(({ tail: _, shortTail: __, ...entry }, i) => ({
    entry: { ...entry, text: texts[i] as string },
    x: lefts[Math.floor(i / rows)] as number,
    row: i % rows,
  }));
  return {
    places: [...places, ...below.places.map((place) => ({ ...place, row: place.row + rows }))],
    pitch: below.pitch,
    height: rows * below.pitch + below.height,
  };
}

/** Texts in columns. */
interface Columns {
  texts: string[];
  rows: number;
  /** left ends of the columns, in pixels */
  lefts: number[];
}

function inFewestRows(texts: string[], width: number, size: number): Columns {
  for (let rows = 1; rows < texts.length; rows++) {
    const columns = inRows(texts, rows, size);
    if (columns.right <= width) return columns;
  }
  const one = inRows(texts, texts.length, size);
  return one.right <= width ? one : { ...one, rows: Number.POSITIVE_INFINITY };
}

/** Columns of so many rows, each as wide as its longest text, and where the last one ends. */
function inRows(texts: string[], rows: number, size: number): Columns & { right: number } {
  const lefts: number[] = [];
  let next = 0;
  for (let first = 0; first < texts.length; first += rows) {
    lefts.push(next);
    const widest = Math.max(...texts.slice(first, first + rows).map((text) => textWidth(text, size)));
    next += sampleWidth + widest + entryGap;
  }
  return { texts, rows, lefts, right: next - entryGap };
}

/** As few columns of equal width as the rows allow, up to four, with names cut to what is left beside what is said of the runs. */
function cutToFit(runs: readonly RunEntry[], width: number, room: number, size: number): Columns {
  const columns = Math.min(4, Math.ceil(runs.length / Math.max(1, room)));
  const pitch = (width + entryGap) / columns;
  const texts = runs.map(({ text, shortTail }) => {
    const all = pitch - sampleWidth - entryGap;
    const left = all - textWidth(shortTail, size);
    // A name of two letters would not be known again; what became of the run is seen in the panels too.
    return left < 3 * size ? cutText(text, all, size) : `${cutText(text, left, size)}${shortTail}`;
  });
  const rows = Math.ceil(runs.length / columns);
  return { texts, rows, lefts: Array.from({ length: columns }, (_, i) => i * pitch) };
}
