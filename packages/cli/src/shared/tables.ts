import { InputError, notAllowed } from '@lrfind/core';
import { readTable, type ScanTableOptions, type Table, type TableSource, TextTableOptions } from '@lrfind/data';
import type { ModelFile } from '@lrfind/finder';
import { splitList } from './flag-values.js';
import { flagName } from './flags.js';
import type { DataOptions, SampleOptions } from './options.js';

/** The tables of a command, as read; the place of rows that are not in memory is freed with them. */
export interface Tables extends AsyncDisposable {
  readonly data: Table;
  readonly validation: Table | undefined;
  readonly test: Table | undefined;
}

/** Which rows of a table are read: `seed` decides which are sampled, `keepRows` whether the first table is trained on as a whole. */
export interface Sampling {
  readonly seed: number;
  readonly keepRows: boolean;
}

/** Where the tables are: a path, or the name of a file. */
export interface TablePaths {
  readonly data: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
}

/** The options by which tables are read. */
export type TableOptions = Omit<DataOptions, 'data'> & Partial<SampleOptions>;

/** How tables are read where a command runs: in Node, or in a page. */
export interface TableReader {
  /** The source of a table, by its path or the name of a file. */
  readonly source: (path: string) => TableSource;
  /** Reads a table that may be larger than memory, of which it decides how much there is. */
  readonly scan: (source: TableSource, options: ScannedTable) => Promise<Table>;
}

/** How a table is scanned; `keepRows`: whether all rows of a table that is sampled are kept, to train on them. */
export type ScannedTable = Omit<ScanTableOptions, 'store'> & { readonly keepRows?: boolean };

/**
 * Reads the tables; of those that are larger than memory a sample. The columns of validation and test tables are of the kinds that
 * they have in the first one.
 *
 * @param sampling undefined: all rows are read into memory, as they are for `--window`
 * @param model whose input gives images their shape
 */
export async function tablesOf(
  { source, scan }: TableReader,
  paths: TablePaths,
  options: TableOptions,
  sampling: Sampling | undefined,
  model: ModelFile['model'] | undefined,
): Promise<Tables> {
  const { missing, categorical, query, sheet, target, ignore, sampleWeight, window, memory, sampleRows } = options;
  const { oneHotLimit } = options;
  const texts = Object.keys(TextTableOptions.properties) as (keyof TextTableOptions)[];
  const text = Object.fromEntries(texts.map((name) => [name, options[name]])) as Partial<TextTableOptions>;
  const { policy, markers } = missingOf(missing);
  const imageShape = model && imageShapeOf(model);
  const shaped = { ...text, ...(imageShape && { imageShape }) };
  const first = { categorical, ...(query !== undefined && { query }), ...(sheet !== undefined && { sheet }) };
  if (window !== undefined) refuseSample({ memory, sampleRows });
  if (!sampling || window !== undefined) {
    const reading = { ...shaped, missing: markers };
    const data = await readTable(source(paths.data), { ...reading, ...first });
    const readLike = async (part: 'validation' | 'test') => {
      const path = paths[part];
      return path === undefined ? undefined : readTable(source(path), { ...reading, like: data, part });
    };
    const close = async () => {};
    return {
      data,
      validation: await readLike('validation'),
      test: await readLike('test'),
      [Symbol.asyncDispose]: close,
    };
  }
  const { seed, keepRows } = sampling;
  const common = { ...shaped, markers, ignore, sampleWeight, oneHotLimit, memory: bytesOf(memory), sampleRows, seed };
  const data = await scan(source(paths.data), { ...common, ...first, target, missing: policy, keepRows });
  // Rows with missing values are dropped when the columns are matched.
  const like = { ...common, ...(target && { target }), missing: 'mean', like: data } as const;
  const readLike = async (part: 'validation' | 'test') => {
    const path = paths[part];
    return path === undefined ? undefined : scan(source(path), { ...like, part });
  };
  const close = async () => data.whole?.blocks?.close();
  try {
    const [validation, test] = [await readLike('validation'), await readLike('test')];
    return { data, validation, test, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The parts of `--missing`: what to do with missing values, and what else is one.
 *
 * @throws InputError for both mean and drop
 */
export function missingOf(text: string): { policy: 'mean' | 'drop'; markers: string[] } {
  const texts = splitList(text);
  const isPolicy = (each: string) => each === 'mean' || each === 'drop';
  const policies = texts.filter(isPolicy);
  if (new Set(policies).size > 1) throw notAllowed('--missing', 'mean or drop, and markers', text);
  return { policy: policies[0] === 'drop' ? 'drop' : 'mean', markers: texts.filter((each) => !isPolicy(each)) };
}

/** @throws InputError for an option that takes a sample, of which no windows can be made */
function refuseSample(given: Partial<SampleOptions>): void {
  const [name, value] = Object.entries(given).find(([, each]) => each !== undefined) ?? [];
  if (name === undefined) return;
  throw new InputError(
    `${flagName(name)} must be left out with --window, because the rows of a window follow each other; got ${value}`,
  );
}

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/**
 * The bytes of `--memory`.
 *
 * @throws InputError for none
 */
function bytesOf(size: string | undefined): number | undefined {
  if (size === undefined) return undefined;
  const bytes = Number(size.slice(0, -2)) * (UNITS[size.slice(-2)] as number);
  if (bytes >= 1) return bytes;
  throw notAllowed('--memory', 'a size of at least a byte, such as 500MB or 2GB', size);
}

/** The shape that images get for a model: that of its first input, unless it varies. */
function imageShapeOf({ inputs: [input] }: ModelFile['model']): number[] | undefined {
  const shape = input?.shape.slice(1);
  return shape?.every((length) => length !== null) ? shape : undefined;
}
