/** A cell; empty where nothing was measured. */
export type CsvCell = string | number | null | undefined;

/** Rows as comma-separated values by RFC 4180, but with Unix line ends. Quotes are added only where they are needed. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return `${rows.map((row) => row.map(field).join(',')).join('\n')}\n`;
}

function field(cell: CsvCell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
