// Tables made from a table: some of its classes, its features in other units, its labels wrong or others.
import { normal } from '../study/tables.js';
import { standardised as withStandardisedFeatures } from '../study/tasks.js';

/** @typedef {import('../study/tables.js').Rows} Rows @typedef {import('../study/tables.js').Random} Random */

/** Features with mean 0 and standard deviation 1 and a target with a standard deviation of 1, but for ids and pictures. @param {Rows} table @returns {Rows} */
export function standardised(table) {
  const scaled = withStandardisedFeatures(table);
  return scaled === table ? table : { ...scaled, target: inUnitsOfSpread(table) };
}

/** A target of numbers with a standard deviation of 1; labels as they are. @param {Rows} table */
function inUnitsOfSpread({ target, classes, rows }) {
  if (classes !== null) return target;
  const mean = target.reduce((sum, value) => sum + value, 0) / rows;
  const spread = Math.sqrt(target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
  return target.map((value) => (value - mean) / spread);
}

/** The rows whose label is one of those wanted. @param {Rows} table @param {(label: number) => boolean} wanted @returns {Rows} */
export function ofClasses(table, wanted) {
  const { shape, values } = /** @type {Rows['inputs'][number]} */ (table.inputs[0]);
  const size = shape.reduce((product, length) => product * length, 1);
  const rows = [...table.target.keys()].filter((row) => wanted(/** @type {number} */ (table.target[row])));
  const kept = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) kept.set(values.subarray(row * size, (row + 1) * size), i * size);
  const target = Float32Array.from(rows, (row) => /** @type {number} */ (table.target[row]));
  return { ...table, rows: rows.length, inputs: [{ shape, values: kept }], target };
}

/** Other units and places of the features, or other meanings of a third of the words. @param {Rows} table @param {Random} random @returns {Rows} */
export function shifted(table, random) {
  const { shape, values } = /** @type {Rows['inputs'][number]} */ (table.inputs[0]);
  const { ids } = table;
  if (ids !== undefined) {
    const meaning = Array.from({ length: ids }, (_, id) => (random() < 0.33 ? Math.floor(random() * ids) : id));
    return { ...table, inputs: [{ shape, values: values.map((id) => /** @type {number} */ (meaning[id])) }] };
  }
  const columns = shape.length === 1 ? /** @type {number} */ (shape[0]) : 1;
  const units = Array.from({ length: columns }, () => [2 ** (2 * random() - 1), 0.7 * normal(random)]);
  const moved = values.map((value, i) => {
    const [unit = 1, place = 0] = units[i % columns] ?? [];
    return value * unit + place;
  });
  return { ...table, inputs: [{ shape, values: moved }] };
}

/** A share of the labels drawn anew; numbers with noise of that share. @param {Rows} table @param {Random} random @param {number} share @returns {Rows} */
export function corrupted(table, random, share) {
  const { classes } = table;
  const wrong = (/** @type {number} */ value) =>
    classes === null
      ? value + 2 * share * normal(random) + share
      : random() < share
        ? Math.floor(random() * classes)
        : value;
  return { ...table, target: table.target.map(wrong) };
}

/** Another question about the same rows: neighbouring classes, the square of the number. @param {Rows} table @returns {Rows} */
export function relabelled(table) {
  const { classes } = table;
  return {
    ...table,
    target: table.target.map((value) => (classes === null ? value ** 2 - 1 : Math.floor(value / 2))),
  };
}
