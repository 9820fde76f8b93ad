/** A cell; empty where nothing was measured. */
export type CsvCell = string | number | null | undefined;

/** Rows as comma-separated values by RFC 4180, but with Unix line ends. Quotes are added only where they are needed. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return [...csvLines(rows)].join('');
}

/** The same line by line, for more rows than a text has room for. */
export function* csvLines(rows: Iterable<readonly CsvCell[]>): Generator<string> {
  for (const row of rows) yield `${row.map(field).join(',')}\n`;
}

function field(cell: CsvCell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
