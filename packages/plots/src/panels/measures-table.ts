import type { View } from '../layout/stacked-figure.js';
import { cutText, textWidth } from '../text/width.js';
import type { Theme } from '../theme.js';

/** A table of numbers: what was measured in the rows, on which rows of the data in the columns. */
export interface MeasuresTable {
  columns: readonly { text: string; short: string; color: string }[];
  rows: readonly { name: string; values: readonly string[] }[];
}

/** Space between two columns, in font sizes. */
const GAP = 2;

/** Height of a table, in pixels, for a font size in pixels. */
export function tableHeight({ rows }: MeasuresTable, size: number): number {
  return (rows.length + 1) * lineHeight(size) + 8;
}

const lineHeight = (size: number) => Math.round(1.7 * size);

/**
 * A table as a view: names on the left, numbers below the names of their columns, right-aligned.
 *
 * @param box width of the view, left end and top of the table, font size: all in pixels
 */
export function tableView(
  table: MeasuresTable,
  box: { width: number; left: number; top: number; size: number; theme: Theme },
): View {
  const { left, top, size, theme } = box;
  const wide = (text: string) => textWidth(text, size);
  const { rows } = table;
  const long = table.columns.reduce((sum, { text }) => sum + wide(text) + GAP * size, 0);
  const columns = table.columns.map(({ text, short, color }) => ({ text: long > box.width / 2 ? short : text, color }));
  const widths = columns.map(({ text }, i) => Math.max(wide(text), ...rows.map(({ values }) => wide(values[i] ?? ''))));
  const taken = widths.reduce((sum, each) => sum + each + GAP * size, 0);
  const nameWidth = Math.min(Math.max(...rows.map(({ name }) => wide(name))), box.width - taken);
  const ends = widths.map(
    (_, i) => left + nameWidth + widths.slice(0, i + 1).reduce((sum, each) => sum + each + GAP * size, 0),
  );
  const y = (row: number) => top + (row + 0.5) * lineHeight(size);
  const below = top + lineHeight(size) + 1;
  const pixel = { type: 'quantitative', scale: null, axis: null } as const;
  const text = (values: readonly object[], align: 'left' | 'right') => ({
    data: { values: [...values] },
    mark: { type: 'text' as const, align, baseline: 'middle' as const, fontSize: size, color: { expr: 'datum.color' } },
    encoding: { x: { field: 'x', ...pixel }, y: { field: 'y', ...pixel }, text: { field: 'text' } },
  });
  return {
    width: box.width,
    height: top + tableHeight(table, size),
    layer: [
      {
        data: { values: [{ x: left, x2: ends.at(-1) ?? left, y: below, y2: below }] },
        mark: { type: 'rule', color: theme.axis, strokeWidth: 1 },
        encoding: {
          x: { field: 'x', ...pixel },
          y: { field: 'y', ...pixel },
          x2: { field: 'x2' },
          y2: { field: 'y2' },
        },
      },
      text(
        rows.map(({ name }, i) => ({
          ...{ x: left, y: y(i + 1) + 4, color: theme.muted },
          text: cutText(name, nameWidth, size),
        })),
        'left',
      ),
      text(
        [
          ...columns.map(({ text: column, color }, i) => ({ x: ends[i], y: y(0), text: column, color })),
          ...rows.flatMap(({ values }, row) =>
            values.map((value, i) => ({ x: ends[i], y: y(row + 1) + 4, text: value, color: theme.text })),
          ),
        ],
        'right',
      ),
    ],
  };
}
