import { cutText, textWidth } from '../text-width.js';
import { entryGap, type KeyEntry, type KeyLayout, layKey, sampleWidth } from './key.js';

/** A run's entry in the key: its text is the run's name, and what became of it follows. */
export interface RunEntry extends KeyEntry {
  /** what is said of the run after its name, which is never shortened; and the same in fewer words */
  tail: string;
  shortTail: string;
}

/**
 * The key to many runs: in columns of equal width, in their order down each, and below them the entries that hold for all runs.
 * The fewest rows are taken in which no name is cut; where that takes more than the height, names are cut.
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
  const tails = [(run: RunEntry) => run.tail, (run: RunEntry) => run.shortTail];
  const whole = tails
    .map((tail) => inColumns(runs, tail, Number.POSITIVE_INFINITY, size))
    .flatMap((texts) => {
      const columns = Math.min(runs.length, Math.floor((width + entryGap) / widest(texts, size)));
      return columns >= 1 && Math.ceil(runs.length / columns) <= room ? [{ texts, columns }] : [];
    })[0];
  const cut = [1, 2, 3, 4].map((columns) => ({
    columns,
    texts: inColumns(runs, tails[1] as (typeof tails)[0], (width + entryGap) / columns - sampleWidth - entryGap, size),
  }));
  const { texts, columns } =
    whole ??
    cut.find((each) => Math.ceil(runs.length / each.columns) <= room) ??
    (cut.at(-1) as { texts: string[]; columns: number });

  const rows = Math.ceil(runs.length / columns);
  const pitch = widest(texts, size);
  const places = runs.map(({ tail: _, shortTail: __, ...entry }, i) => ({
    entry: { ...entry, text: texts[i] as string },
    x: Math.floor(i / rows) * pitch,
    row: i % rows,
  }));
  return {
    places: [...places, ...below.places.map((place) => ({ ...place, row: place.row + rows }))],
    pitch: below.pitch,
    height: rows * below.pitch + below.height,
  };
}

/** The texts of the runs, with names cut to what the width leaves beside the tails. */
function inColumns(
  runs: readonly RunEntry[],
  tailOf: (run: RunEntry) => string,
  width: number,
  size: number,
): string[] {
  return runs.map((run) => {
    const tail = tailOf(run);
    const name = cutText(run.text, Math.max(2 * size, width - textWidth(tail, size)), size);
    return `${name}${tail}`;
  });
}

/** From the left end of a column to that of the next, in pixels. */
function widest(texts: readonly string[], size: number): number {
  return sampleWidth + Math.max(...texts.map((text) => textWidth(text, size))) + entryGap;
}
