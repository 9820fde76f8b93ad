/** What may stand in a field; nothing stands where nothing was measured. */
export type CsvCell = string | number | null | undefined;

/** Rows as comma-separated values by RFC 4180, but for the line ends, which are those of Unix: what needs quotes has them. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return `${rows.map((row) => row.map(field).join(',')).join('\n')}\n`;
}

function field(cell: CsvCell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
