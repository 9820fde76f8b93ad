import { InputError } from '@lrfind/core';
import { layoutOfArrays, tableOfArrays } from '../array-table/table-of-arrays.js';
import type { CellBlock } from '../cells/cell-blocks.js';
import { BLOCK_NUMBERS, streamOfCells } from '../cells/stream-of-cells.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { ByteQueue, plainFile, type RandomAccess } from '../random-access.js';
import { readBytes } from '../read-text.js';
import { type ZipMember, zipEntries, zipMembers } from '../zip/zip-entries.js';
import { type ArrayRows, fileRows, queuedRows } from './array-blocks.js';
import { isNpy } from './magic.js';
import { fieldColumns, MOST_HEADER, type NpyHeader, npyHeader, readNpy } from './npy-file.js';

const isZip = (head: Uint8Array) => head[0] === 0x50 && head[1] === 0x4b;
const place = (row: number) => `row ${row + 1}`;

type Readers = Required<Pick<TableFormat, 'read' | 'stream'>>;

/** The readers of `npyFormat`. */
export const npy: Readers = {
  async read({ name }, chunks, options) {
    const { shape, values, moments, fields } = readNpy(name, await readBytes(name, chunks));
    const [rows = 0] = shape;
    if (fields) return tableOfCells({ source: name, rows, columns: fields, place }, options);
    const width = widthOf(name, shape);
    const columns = columnNames(width).map((column, from) => ({
      name: column,
      cells: values,
      from,
      step: width,
      moments,
    }));
    return tableOfCells({ source: name, rows, columns, place }, options);
  },
  async stream(source, _, options) {
    const { name } = source;
    const file = await plainFile(source, isNpy);
    if (!file) return undefined;
    const header = npyHeader(name, await file.slice(0, Math.min(file.length, MOST_HEADER)), file.length);
    const { fields, shape, dtype, stride } = header;
    const names = fields?.map((field) => field.name) ?? columnNames(widthOf(name, shape));
    const { moments } = dtype;
    const columnsOf = ({ values, bytes }: Awaited<ReturnType<ArrayRows['next']>>, count: number) =>
      fields
        ? fieldColumns(fields, { bytes, start: 0, count, stride })
        : names.map((column, from) => ({ name: column, cells: values, from, step: names.length, moments }));
    const rows = fileRows(header, file);
    const blocks = rowBlocks([rows], shape[0] ?? 0, names.length, ([part], count) =>
      columnsOf(part as Awaited<ReturnType<ArrayRows['next']>>, count),
    );
    return streamOfCells({ source: name, names, place, blocks }, options);
  },
};

/** The readers of `npzFormat`. */
export const npz: Readers = {
  async read({ name }, chunks, options) {
    const entries = await zipEntries(name, await readBytes(name, chunks));
    const arrays = entries.map((entry) => {
      const own = arrayName(entry.path);
      const { shape, values, moments, fields } = readNpy(`${name}: "${own}"`, entry.read());
      if (fields) throw records(name, own);
      return { name: own, shape, values, moments };
    });
    return tableOfArrays(name, arrays, options);
  },
  async stream(source, _, options) {
    const { name } = source;
    const file = await plainFile(source, isZip);
    if (!file) return undefined;
    const members = await zipMembers(name, file);
    const given: { name: string; shape: readonly number[]; header: NpyHeader; member: ZipMember }[] = [];
    for (const member of members) {
      const own = arrayName(member.path);
      const header = await headerOf(`${name}: "${own}"`, member);
      if (header.fields) throw records(name, own);
      given.push({ name: own, shape: header.shape, header, member });
    }
    const { arrays, rows, columns, groups, defaultTarget, notes } = layoutOfArrays(
      name,
      given.map((each) => ({ ...each, moments: each.header.dtype.moments })),
      options.part,
    );
    const opened: ArrayRows[] = [];
    for (const { header, member } of arrays) {
      const own = await rowsOf(header, member);
      // Packed arrays in Fortran order have no rows until all of them are unpacked.
      if (!own) return undefined;
      opened.push(own);
    }
    const names = columns(arrays.map(() => [])).map((column) => column.name);
    const blocks = rowBlocks(opened, rows, names.length, (parts) => columns(parts.map(({ values }) => values)));
    return streamOfCells(
      { source: name, names, place, notes, groups, ...(defaultTarget !== undefined && { defaultTarget }), blocks },
      options,
    );
  },
};

type Part = Awaited<ReturnType<ArrayRows['next']>>;

/** Takes the same rows of several arrays, a block at a time. */
async function* rowBlocks(
  arrays: readonly ArrayRows[],
  rows: number,
  width: number,
  columns: (parts: readonly Part[], count: number) => CellBlock['columns'],
): AsyncGenerator<CellBlock> {
  const length = Math.max(1, Math.floor(BLOCK_NUMBERS / Math.max(1, width)));
  try {
    for (let done = 0; done < rows; ) {
      const count = Math.min(length, rows - done);
      const parts: Part[] = [];
      for (const array of arrays) parts.push(await array.next(count));
      done += count;
      yield { rows: count, columns: columns(parts, count), fraction: done / rows };
    }
    for (const array of arrays) await array.end();
  } finally {
    for (const array of arrays) await array.close();
  }
}

async function headerOf(what: string, member: ZipMember): Promise<NpyHeader> {
  const bytes = new ByteQueue(member.stream());
  try {
    return npyHeader(what, await bytes.take(Math.min(member.size, MOST_HEADER)), member.size);
  } finally {
    await bytes.close();
  }
}

/** The rows of an array of an archive; undefined where they cannot be had one after the other. */
async function rowsOf(header: NpyHeader, member: ZipMember): Promise<ArrayRows | undefined> {
  if (header.fortran && header.shape.length > 1) {
    const plain: RandomAccess | undefined = await member.plain();
    // Its columns are read in any order, so its checksum is compared before.
    if (plain) for await (const _ of member.stream());
    return plain && fileRows(header, plain);
  }
  const bytes = new ByteQueue(member.stream());
  await bytes.take(header.start);
  return queuedRows(header, bytes);
}

function arrayName(path: string): string {
  return path.replace(/\.npy$/, '');
}

function records(name: string, own: string): InputError {
  return new InputError(`${name}: "${own}" must be an array of numbers or text; got records: save them alone as .npy`);
}

function columnNames(width: number): string[] {
  return Array.from({ length: width }, (_, i) => String(i));
}

function widthOf(name: string, shape: readonly number[]): number {
  const [, width] = shape;
  if (width !== undefined && shape.length === 2) return width;
  throw new InputError(
    `${name} must have two dimensions, rows and columns; got ${shape.length}: [${shape.join(', ')}]; put inputs and target into one file: numpy.savez("data.npz", x=x, y=y)`,
  );
}
