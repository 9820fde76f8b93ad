/** The numbers by which TensorFlow's C API names data types (`TF_DataType`). */
export const DataType = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  resource: 20,
} as const;

/** The values of a tensor in JavaScript: complex numbers as pairs, strings as their bytes. */
export type Values = Float32Array | Int32Array | Uint8Array | BigInt64Array | readonly Uint8Array[];

interface NumericType {
  readonly name: keyof typeof DataType;
  /** The array that holds its elements. */
  readonly ofArray: typeof Float32Array | typeof Int32Array | typeof Uint8Array | typeof BigInt64Array;
  /** Numbers of that array for an element. */
  readonly parts: 1 | 2;
}

/** The data types whose elements lie in memory as in a typed array, by number. */
const NUMERIC: Readonly<Record<number, NumericType>> = {
  [DataType.float32]: { name: 'float32', ofArray: Float32Array, parts: 1 },
  [DataType.int32]: { name: 'int32', ofArray: Int32Array, parts: 1 },
  [DataType.uint8]: { name: 'uint8', ofArray: Uint8Array, parts: 1 },
  [DataType.complex64]: { name: 'complex64', ofArray: Float32Array, parts: 2 },
  [DataType.int64]: { name: 'int64', ofArray: BigInt64Array, parts: 1 },
  [DataType.bool]: { name: 'bool', ofArray: Uint8Array, parts: 1 },
};

/** How a data type of numbers lies in memory; undefined for strings, resources and whatever TensorFlow.js does not know. */
export function numericType(dtype: number): NumericType | undefined {
  return NUMERIC[dtype];
}
