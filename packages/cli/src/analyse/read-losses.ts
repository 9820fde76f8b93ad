import { counted, InputError, isObject, nearest, notAllowed, shownValue } from '@lrfind/core';
import type { RecordedLoss } from '@lrfind/core/loop';
import { concatBytes, decodeText } from '@lrfind/data';
import { tableSource } from '@lrfind/data/node';
import { pythonJson } from '../shared/python-json.js';

/** The names of columns that the caller has given. */
export interface ColumnNames {
  readonly rateColumn?: string | undefined;
  readonly lossColumn?: string | undefined;
  readonly seedColumn?: string | undefined;
}

/** The losses of a file, and what was left out. */
export interface ReadLosses {
  readonly losses: readonly RecordedLoss[];
  readonly notes: readonly string[];
}

/** A table as it is written: values by the names of their columns. */
interface Rows {
  readonly names: readonly string[];
  readonly rows: readonly { readonly place: string; readonly values: Readonly<Record<string, unknown>> }[];
}

/** Names by which columns are recognised, without case and signs. The end of a longer name counts too: `train/loss`. */
const KNOWN = {
  rate: ['rate', 'lr', 'learningrate', 'rates', 'lrs', 'learningrates'],
  loss: ['loss', 'trainloss', 'trainingloss', 'batchloss', 'losses'],
  seed: ['seed', 'run', 'repeat', 'sweep', 'trial'],
} as const;

/** Several sweeps side by side, as `lrfind find -o sweep.csv` writes them: `seed 0`, `seed 1`, … */
const SIDE_BY_SIDE = /^(?:loss|seed|lossseed|run)(\d+)$/;

/** Words for a loss that is not finite. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity|null|none|na|n\/a)$/i;

/**
 * Reads the losses that a program has recorded: CSV with or without a header, separated by commas, semicolons, tabs or blanks; JSON
 * lines; or one JSON object with a list for each column. Packed with gzip or not.
 *
 * @param path of the file; `-` for standard input
 * @throws InputError naming the file, the line and the column
 */
export async function readLosses(path: string, given: ColumnNames): Promise<ReadLosses> {
  const chunks: Uint8Array[] = [];
  for await (const { bytes } of tableSource(path).stream()) chunks.push(bytes);
  const text = decodeText(concatBytes(chunks)).replace(/^\uFEFF/, '');
  const table = /^\s*[{[]/.test(text) ? jsonRows(path, text) : csvRows(path, text);
  if (table.rows.length === 0) throw new InputError(`${path} must have a row for each step; got none`);
  const rateColumn = columnOf(path, table.names, 'rate', given.rateColumn) as string;
  const seedColumn = columnOf(path, table.names, 'seed', given.seedColumn, true);
  const beside = given.lossColumn === undefined && seedColumn === undefined ? sideBySide(table.names) : [];
  if (beside.length > 0) return lossesBeside(path, table, rateColumn, beside);
  const lossColumn = columnOf(path, table.names, 'loss', given.lossColumn) as string;
  const numberOf = seedNumbers(table, seedColumn);
  const losses: RecordedLoss[] = [];
  for (const { place, values } of table.rows) {
    const loss = lossOf(values[lossColumn], `${place}, column "${lossColumn}"`);
    if (loss === undefined) continue;
    losses.push({
      rate: rateOf(values[rateColumn], `${place}, column "${rateColumn}"`),
      loss,
      seed: numberOf(values),
      place,
    });
  }
  return { losses, notes: leftOut(table.rows.length - losses.length) };
}

function leftOut(rows: number): string[] {
  return rows > 0 ? [`${counted(rows, 'row')} without a loss: left out`] : [];
}

/** Losses of sweeps that have a column each; an empty field is after the end of its sweep. */
function lossesBeside(
  path: string,
  { names, rows }: Rows,
  rateColumn: string,
  beside: readonly { readonly name: string; readonly seed: number }[],
): ReadLosses {
  if (names.includes('group') && rows.some(({ values }) => values.group !== ''))
    throw new InputError(`${path} must hold the curve of one group of layers; got several: keep the rows of one group`);
  const losses = rows.flatMap(({ place, values }) =>
    beside.flatMap(({ name, seed }): RecordedLoss[] => {
      const loss = lossOf(values[name], `${place}, column "${name}"`);
      const rate = () => rateOf(values[rateColumn], `${place}, column "${rateColumn}"`);
      return loss === undefined ? [] : [{ rate: rate(), loss, seed, place }];
    }),
  );
  return { losses, notes: [] };
}

function sideBySide(names: readonly string[]) {
  return names.flatMap((name) => {
    const seed = SIDE_BY_SIDE.exec(plain(name))?.[1];
    return seed === undefined ? [] : [{ name, seed: Number(seed) }];
  });
}

/** The number of each row's sweep: what the column says where all are whole numbers, else by first occurrence. */
function seedNumbers(
  { rows }: Rows,
  column: string | undefined,
): (values: Readonly<Record<string, unknown>>) => number {
  if (column === undefined) return () => 0;
  const written = [...new Set(rows.map(({ values }) => String(values[column] ?? '')))];
  const isWhole = written.every((text) => /^\d{1,15}$/.test(text));
  return (values) => {
    const text = String(values[column] ?? '');
    return isWhole ? Number(text) : written.indexOf(text);
  };
}

function rateOf(value: unknown, place: string): number {
  const rate = typeof value === 'number' ? value : numberOf(value);
  if (Number.isNaN(rate)) throw notAllowed(place, 'a learning rate', value);
  return rate;
}

/** @returns null for a loss that is not finite, undefined for none */
function lossOf(value: unknown, place: string): number | null | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === null || (typeof value === 'string' && NOT_FINITE.test(value))) return null;
  const loss = typeof value === 'number' ? value : numberOf(value);
  if (Number.isNaN(loss)) throw notAllowed(place, 'a loss: a number, nan or inf', value);
  return loss;
}

function numberOf(value: unknown): number {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** A name without case and signs. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/**
 * The column that is meant.
 *
 * @param given its name; default: the one that is recognised
 * @throws InputError for a name that no column has, where several may be meant, and where none is recognised
 */
function columnOf(
  path: string,
  names: readonly string[],
  what: keyof typeof KNOWN,
  given: string | undefined,
  optional = false,
): string | undefined {
  const flag = `--${what}-column`;
  if (given !== undefined) {
    if (names.includes(given)) return given;
    const near = nearest(given, names);
    throw new InputError(
      `${flag}: ${path} has no column "${given}"; ${near === undefined ? `its columns are ${names.join(', ')}` : `did you mean "${near}"?`}`,
    );
  }
  const known: readonly string[] = KNOWN[what];
  for (const name of known) {
    const found = names.filter((each) => plain(each) === name);
    if (found.length === 1) return found[0];
  }
  const ending = names.filter((name) => known.some((each) => plain(name).endsWith(each)));
  if (ending.length === 1 && !optional) return ending[0];
  if (optional) return undefined;
  const which =
    ending.length > 1
      ? `; got ${ending.map((name) => `"${name}"`).join(' and ')}`
      : `; its columns are ${names.join(', ')}`;
  throw new InputError(
    `${path} must have one column of ${what === 'rate' ? 'learning rates' : 'losses'}${which}. ${flag} names it`,
  );
}

/** JSON lines, a list of records, or one object with a list for each column. */
function jsonRows(path: string, text: string): Rows {
  const whole = pythonJson(text);
  if (Array.isArray(whole))
    return recordRows(whole.map((record, i) => ({ record, place: `${path}: record ${i + 1}` })));
  if (isObject(whole) && Object.values(whole).some(Array.isArray)) return listRows(path, whole);
  const records = text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const record = pythonJson(line);
    const place = `${path}: line ${i + 1}`;
    if (record === undefined) throw new InputError(`${place} is not JSON; got ${shownValue(line)}`);
    return [{ record, place }];
  });
  return recordRows(records);
}

function recordRows(records: readonly { readonly record: unknown; readonly place: string }[]): Rows {
  const rows = records.map(({ record, place }) => {
    if (!isObject(record)) throw notAllowed(place, 'an object such as {"rate": 0.001, "loss": 0.5}', record);
    return { place, values: record };
  });
  return { names: [...new Set(rows.flatMap(({ values }) => Object.keys(values)))], rows };
}

function listRows(path: string, columns: Readonly<Record<string, unknown>>): Rows {
  const lists = Object.entries(columns).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const [[first, { length }] = ['', []]] = lists;
  const other = lists.find(([, list]) => list.length !== length);
  if (other)
    throw new InputError(
      `${path}: lists must have the same length; got ${length} values of "${first}" and ${other[1].length} of "${other[0]}"`,
    );
  const rows = Array.from({ length }, (_, i) => ({
    place: `${path}: value ${i + 1}`,
    values: Object.fromEntries(lists.map(([name, list]) => [name, list[i]])),
  }));
  return { names: lists.map(([name]) => name), rows };
}

/** CSV; without a header, where the first line is numbers, its columns are rate, loss and seed. */
function csvRows(path: string, text: string): Rows {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ line, place: `${path}: line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  const [head] = lines;
  if (!head) return { names: [], rows: [] };
  const separator = [';', '\t', ','].find((each) => head.line.includes(each));
  const fieldsOf = (line: string) => (separator === undefined ? line.trim().split(/\s+/) : fields(line, separator));
  const first = fieldsOf(head.line);
  const hasHeader = first.some((field) => field === '' || Number.isNaN(Number(field)));
  const names = hasHeader ? first : ['rate', 'loss', 'seed'].slice(0, first.length);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new InputError(`${path} must have each column once; got "${twice}" twice`);
  const rows = lines.slice(hasHeader ? 1 : 0).map(({ line, place }) => {
    const cells = fieldsOf(line);
    if (cells.length !== names.length)
      throw new InputError(`${place} must have ${counted(names.length, 'field')}; got ${cells.length}`);
    // Where fields are separated by semicolons, numbers may have decimal commas.
    const values = separator === ';' ? cells.map((cell) => cell.replace(/^([^,]*),([^,]*)$/, '$1.$2')) : cells;
    return { place, values: Object.fromEntries(names.map((name, i) => [name, values[i]])) };
  });
  return { names, rows };
}

/** The fields of a line; a field in quotes may hold the separator. */
function fields(line: string, separator: string): string[] {
  const found = [''];
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === separator && !quoted) found.push('');
    else found[found.length - 1] += letter;
  }
  return found.map((field) => field.trim());
}
