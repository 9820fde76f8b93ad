/** An input of a model. */
export interface InputShape {
  readonly name: string;
  /** Shape of one row, without the batch dimension: `[784]`, `[28, 28, 1]`, or `[]` for a single number. */
  readonly shape: readonly number[];
  /** Of an input that takes ids, which an embedding looks up: how many there are. An id is a whole number from 0, below it. */
  readonly ids?: number | undefined;
}

/** An output of a model. */
export interface OutputShape extends InputShape {
  /** Its last activation, such as `softmax`; null for none. */
  readonly activation: string | null;
}

/** The shapes that data must have to fit a model. */
export interface ModelShape {
  readonly inputs: readonly InputShape[];
  readonly outputs: readonly OutputShape[];
}

/** The number of values in one row of a shape; 1 for `[]`. */
export function rowSize(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** A shape for a message: its size, followed by its dimensions if there are several: `784 (28×28×1)`. */
export function describeShape(shape: readonly number[]): string {
  return shape.length > 1 ? `${rowSize(shape)} (${shape.join('×')})` : `${rowSize(shape)}`;
}

/** Cuts a list into consecutive parts of the given lengths. */
export function partition<T>(items: readonly T[], lengths: readonly number[]): T[][] {
  let from = 0;
  return lengths.map((length) => {
    const part = items.slice(from, from + length);
    from += length;
    return part;
  });
}
