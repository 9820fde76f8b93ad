/** An input of a model. */
export interface InputShape {
  readonly name: string;
  /** Shape of one row, without the batch dimension: `[784]`, `[28, 28, 1]`, or `[]` for a single number. */
  readonly shape: readonly number[];
  /** How many ids the embedding has that takes it; its values are whole numbers below, and are not scaled. */
  readonly vocabulary?: number | undefined;
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

/** Whether a value is an id of an embedding. */
export function isId(value: number, vocabulary: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < vocabulary;
}

/** The ids that an embedding has, for messages. */
export function idText(vocabulary: number): string {
  return vocabulary === 1 ? 'the id 0' : `an id from 0 to ${vocabulary - 1}`;
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
