import type { ColumnDescription } from '@lrfind/core/results';

/** Columns that are shown in one line: one, or several of numbered names. */
export interface ColumnGroup {
  readonly first: ColumnDescription;
  readonly last: ColumnDescription;
  readonly count: number;
  /** Missing values of all. */
  readonly missing: number;
  /** Features of all. */
  readonly features: number;
  /** The range of all; mean and deviation of one alone. Null for words. */
  readonly numbers: {
    readonly low: number;
    readonly high: number;
    readonly mean: number | null;
    readonly deviation: number | null;
  } | null;
}

/** With fewer, each column has its line. */
const LEAST_GROUPED = 5;

/**
 * Columns whose names are a word and consecutive numbers, such as `pixel0` to `pixel783`, or indices of one array, such as `x[0,0]`
 * to `x[27,27]`, as one group; each other as its own.
 * What never changes belongs to the numbers around it.
 */
export function columnGroups(columns: readonly ColumnDescription[]): ColumnGroup[] {
  const groups: ColumnGroup[] = [];
  for (let from = 0; from < columns.length; ) {
    let to = from + 1;
    while (to < columns.length && continues(columns[to - 1] as ColumnDescription, columns[to] as ColumnDescription))
      to += 1;
    if (to - from < LEAST_GROUPED) to = from + 1;
    groups.push(groupOf(columns.slice(from, to)));
    from = to;
  }
  return groups;
}

function continues(before: ColumnDescription, next: ColumnDescription): boolean {
  if (before.role !== next.role || before.categories || next.categories) return false;
  const array = arrayOf(before.name);
  if (array !== undefined) return array === arrayOf(next.name);
  const [a, b] = [numbered(before.name), numbered(next.name)];
  return a !== null && b !== null && a.word === b.word && b.number === a.number + 1;
}

/** `x` of `x[0,3]`. */
function arrayOf(name: string): string | undefined {
  return /^(.*)\[\d+(,\d+)*\]$/.exec(name)?.[1];
}

function numbered(name: string): { readonly word: string; readonly number: number } | null {
  const found = /^(.*?)(\d{1,9})$/.exec(name);
  return found ? { word: found[1] as string, number: Number(found[2]) } : null;
}

function groupOf(columns: readonly ColumnDescription[]): ColumnGroup {
  const [first] = columns as [ColumnDescription];
  const described = columns.flatMap(({ numbers }) => (numbers ? [numbers] : []));
  const sum = (value: (column: ColumnDescription) => number) => columns.reduce((total, each) => total + value(each), 0);
  const [only] = columns.length === 1 ? described : [];
  return {
    first: columns.length === 1 ? first : { ...first, kind: 'number', distinct: null },
    last: columns.at(-1) ?? first,
    count: columns.length,
    missing: sum(({ missing }) => missing),
    features: sum(({ features }) => features),
    numbers:
      described.length === 0
        ? null
        : {
            low: Math.min(...described.map(({ low }) => low)),
            high: Math.max(...described.map(({ high }) => high)),
            mean: only?.mean ?? null,
            deviation: only?.deviation ?? null,
          },
  };
}
