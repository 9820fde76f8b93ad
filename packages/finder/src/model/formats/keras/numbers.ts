import { bfloat16Of, float16Of, InputError } from '@lrfind/core';

/** How HDF5 stores the numbers of a dataset. */
export interface NumberType {
  /** HDF5's class: 0 for whole numbers, 1 for floats, 5 for opaque bytes, 8 for truth values. */
  readonly type: number;
  /** Bytes of a number. */
  readonly size: number;
  readonly signed: boolean;
  /** What Keras calls the type where HDF5 has no name for it: `bfloat16`. */
  readonly dtype: string | undefined;
}

/**
 * The numbers of a dataset in float32, which holds every type that Keras stores but large whole numbers.
 *
 * @param bytes in little-endian order
 * @param what what messages call the dataset
 * @throws InputError for a type that no weight has
 */
export function toFloat32(bytes: Uint8Array, numbers: NumberType, what: string): Float32Array {
  const read = readerOf(numbers);
  if (!read)
    throw new InputError(
      `${what} must hold numbers; got HDF5's class ${numbers.type} of ${numbers.size} bytes (${numbers.dtype ?? 'without a name'})`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { size } = numbers;
  const values = new Float32Array(bytes.length / size);
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * size);
  return values;
}

type Read = (view: DataView, at: number) => number;

function readerOf({ type, size, signed, dtype }: NumberType): Read | undefined {
  if (dtype === 'bfloat16') return size === 2 ? bfloat16 : undefined;
  if (type === 1) return { 2: float16, 4: float32, 8: float64 }[size];
  if (type === 8 && size === 1) return (view, at) => view.getInt8(at);
  if (type !== 0) return undefined;
  const whole: Readonly<Record<number, Read>> = signed
    ? {
        1: (view, at) => view.getInt8(at),
        2: (view, at) => view.getInt16(at, true),
        4: (view, at) => view.getInt32(at, true),
        8: (view, at) => Number(view.getBigInt64(at, true)),
      }
    : {
        1: (view, at) => view.getUint8(at),
        2: (view, at) => view.getUint16(at, true),
        4: (view, at) => view.getUint32(at, true),
        8: (view, at) => Number(view.getBigUint64(at, true)),
      };
  return whole[size];
}

const float32: Read = (view, at) => view.getFloat32(at, true);
const float64: Read = (view, at) => view.getFloat64(at, true);

const bfloat16: Read = (view, at) => bfloat16Of(view.getUint16(at, true));
const float16: Read = (view, at) => float16Of(view.getUint16(at, true));
