import { InputError, isObject, notAllowed, parseJson } from '@lrfind/core';
import type { Cell, CellColumn } from '../cells/cell.js';
import { type CellTable, tableOfCells } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { readText } from '../read-text.js';
import { cellOf, RecordCells } from './cells-of-records.js';

/** Reads the format of `jsonFormat`. */
export const readJson: TableFormat['read'] = async ({ name }, chunks, options) => {
  const document = parseJson(await readText(name, chunks), name);
  return tableOfCells(tableOf(name, document), options);
};

const rowPlace = (row: number) => `row ${row + 1}`;

function tableOf(source: string, document: unknown): CellTable {
  if (Array.isArray(document)) return tableOfRecords(source, document);
  if (!isObject(document)) throw notAllowed(source, 'a list of records or an object of columns', document);
  const { columns, data, schema } = document;
  if (Array.isArray(columns) && Array.isArray(data)) return tableOfSplit(source, columns, data);
  if (isObject(schema) && Array.isArray(data)) return tableOfSchema(source, schema, data);
  return tableOfColumns(source, document);
}

function tableOfRecords(source: string, records: readonly unknown[]): CellTable {
  if (Array.isArray(records[0]))
    throw new InputError(
      `${source} must be a list of objects, from the names of columns to values; got a list of lists, which has no names`,
    );
  const cells = new RecordCells(source, rowPlace);
  for (const record of records) cells.add(record);
  return { source, rows: cells.rows, columns: cells.columns(), place: rowPlace };
}

/** `orient="split"`: names, and a list for each row. */
function tableOfSplit(source: string, names: readonly unknown[], data: readonly unknown[]): CellTable {
  const columns = names.map((name, i) => {
    if (typeof name !== 'string' && typeof name !== 'number')
      throw notAllowed(`${source}: columns[${i}]`, 'a name', name);
    return { name: String(name), cells: [] as Cell[] };
  });
  for (const [row, values] of data.entries()) {
    const place = `${source}: data[${row}]`;
    if (!Array.isArray(values) || values.length !== columns.length)
      throw notAllowed(place, `a list of ${columns.length} values, one for each of "columns"`, values);
    for (const [i, { cells }] of columns.entries()) cells.push(cellOf(values[i], () => `${place}[${i}]`));
  }
  return { source, rows: data.length, columns, place: rowPlace };
}

/** `orient="table"`: a schema, and a record for each row. The index of pandas is no column. */
function tableOfSchema(source: string, schema: Record<string, unknown>, data: readonly unknown[]): CellTable {
  const table = tableOfRecords(source, data);
  const keys = Array.isArray(schema.primaryKey) ? schema.primaryKey : [];
  const isIndex = ({ name }: CellColumn) => keys.includes(name) && /^(index|level_\d+)$/.test(name);
  const left = table.columns.filter(isIndex).map(({ name }) => `left out "${name}", the index that pandas wrote`);
  return { ...table, columns: table.columns.filter((column) => !isIndex(column)), notes: left };
}

function tableOfColumns(source: string, document: Record<string, unknown>): CellTable {
  const names = Object.keys(document);
  let keys: readonly string[] | undefined;
  const columns = names.map((name): CellColumn => {
    const values = document[name];
    if (Array.isArray(values))
      return { name, cells: values.map((value, row) => cellOf(value, () => `${source}: "${name}"[${row}]`)) };
    if (!isObject(values))
      throw notAllowed(`${source}: "${name}"`, 'a column, which is a list with a value for each row', values);
    // As pandas writes a column: an object from the index to values.
    keys ??= Object.keys(values);
    return { name, cells: columnByIndex(source, name, values, keys) };
  });
  const rows = columns[0]?.cells.length ?? 0;
  const other = columns.find(({ cells }) => cells.length !== rows);
  if (other)
    throw new InputError(
      `${source}: "${other.name}" must have ${rows} values, as "${names[0]}" has; got ${other.cells.length}`,
    );
  // pandas writes rows by index in the same form as columns; its own index counts from 0.
  if (keys && names.every((name, i) => name === String(i)) && !keys.every((key, i) => key === String(i)))
    throw new InputError(
      `${source} must hold columns; got rows by index (orient="index"): write it with orient="records"`,
    );
  return { source, rows, columns, place: rowPlace };
}

function columnByIndex(source: string, name: string, values: Record<string, unknown>, keys: readonly string[]): Cell[] {
  const own = Object.keys(values);
  const different = own.length !== keys.length ? own.length : own.findIndex((key, i) => key !== keys[i]);
  if (own.length !== keys.length || different >= 0)
    throw new InputError(`${source}: "${name}" must have the same rows as the other columns; got other ones`);
  return own.map((key) => cellOf(values[key], () => `${source}: "${name}"["${key}"]`));
}
