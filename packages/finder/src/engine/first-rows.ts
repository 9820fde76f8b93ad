import type { SplitDataset } from '@lrfind/data';

/** The first rows that are trained on, as a dataset of their own; null where a row is not a row of numbers in memory. */
export function firstRows({ dataset, train, epochs }: SplitDataset, count: number): SplitDataset | null {
  const columns = [...dataset.inputs, ...dataset.targets];
  if (epochs || columns.some(({ windows }) => windows)) return null;
  const chosen = train.slice(0, count);
  const picked = <Values extends Float32Array | Int32Array>(values: Values): Values => {
    const size = values.length / dataset.rows;
    const own = new (values.constructor as new (length: number) => Values)(chosen.length * size);
    for (const [i, row] of chosen.entries()) own.set(values.subarray(row * size, (row + 1) * size), i * size);
    return own;
  };
  return {
    dataset: {
      rows: chosen.length,
      inputs: dataset.inputs.map((column) => ({ ...column, values: picked(column.values) })),
      targets: dataset.targets.map((column) => ({ ...column, values: picked(column.values) })),
      ...(dataset.weights && { weights: picked(dataset.weights) }),
      notes: [],
    },
    train: chosen.map((_, i) => i),
    heldOut: new Int32Array(),
    test: new Int32Array(),
  };
}
