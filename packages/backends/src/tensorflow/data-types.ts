/** The numbers of data types in TensorFlow's C API (`TF_DataType`). */
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

/** The values of a tensor in JavaScript. Complex numbers are pairs; strings are their bytes. */
export type Values = Float32Array | Int32Array | Uint8Array | BigInt64Array | readonly Uint8Array[];

/** The memory layout of a data type. */
export interface NumericType {
  readonly name: keyof typeof DataType;
  /** The typed array that holds its elements. */
  readonly ofArray: typeof Float32Array | typeof Int32Array | typeof Uint8Array | typeof BigInt64Array;
  /** Numbers in that array per element. */
  readonly parts: 1 | 2;
}

/** The data types that have the memory layout of a typed array, by number. */
const NUMERIC: Readonly<Record<number, NumericType>> = {
  [DataType.float32]: { name: 'float32', ofArray: Float32Array, parts: 1 },
  [DataType.int32]: { name: 'int32', ofArray: Int32Array, parts: 1 },
  [DataType.uint8]: { name: 'uint8', ofArray: Uint8Array, parts: 1 },
  [DataType.complex64]: { name: 'complex64', ofArray: Float32Array, parts: 2 },
  [DataType.int64]: { name: 'int64', ofArray: BigInt64Array, parts: 1 },
  [DataType.bool]: { name: 'bool', ofArray: Uint8Array, parts: 1 },
};

/** The memory layout of a numeric data type; undefined for strings, resources and types that TensorFlow.js lacks. */
export function numericType(dtype: number): NumericType | undefined {
  return NUMERIC[dtype];
}
