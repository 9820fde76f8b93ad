import type { Table } from '../../src/table.js';

/** A table from columns of numbers or of words, null for missing; rows start on line 2 of "t.csv". */
export function smallTable(columns: Readonly<Record<string, readonly (number | string | null)[]>>): Table {
  const names = Object.keys(columns);
  const rows = columns[names[0] as string]?.length ?? 0;
  const values = new Float32Array(rows * names.length);
  const described = names.map((name, c) => {
    const cells = columns[name] as readonly (number | string | null)[];
    const words = cells.filter((cell) => typeof cell === 'string');
    const categories = [...new Set(words)].sort();
    const codes = cells.map((cell) => (typeof cell === 'string' ? categories.indexOf(cell) : (cell ?? Number.NaN)));
    for (const [row, code] of codes.entries()) values[row * names.length + c] = code;
    const wide = codes.some((code) => Math.abs(code) > 2 ** 24);
    if (words.length > 0) return { name, kind: 'text', categories } as const;
    return { name, kind: 'number', ...(wide && { exact: Float64Array.from(codes) }) } as const;
  });
  return {
    source: 't.csv',
    rows,
    columns: described,
    values,
    place: (row) => `row ${row + 1} (line ${row + 2})`,
  };
}
