// Field numbers of TensorFlow's protocol buffer `ConfigProto`.
const DEVICE_COUNT = 1;
const INTRA_OP_THREADS = 2;
const INTER_OP_THREADS = 5;
const GPU_OPTIONS = 6;
// Of its `GPUOptions`.
const ALLOW_GROWTH = 4;
// Of an entry of its map `device_count`.
const [KEY, VALUE] = [1, 2];

/**
 * A session's configuration as a serialized `ConfigProto`: the number of threads, and that GPU memory is allocated as
 * it is needed rather than all at once.
 *
 * @param threads a whole number, at least 1
 * @param gpu false to use no GPU
 */
export function configProto(threads: number, gpu = true): Uint8Array {
  const noGpus = [...bytesField(KEY, [...Buffer.from('GPU')]), ...varintField(VALUE, 0)];
  return Uint8Array.from([
    ...(gpu ? [] : bytesField(DEVICE_COUNT, noGpus)),
    ...varintField(INTRA_OP_THREADS, threads),
    ...varintField(INTER_OP_THREADS, threads),
    ...bytesField(GPU_OPTIONS, varintField(ALLOW_GROWTH, 1)),
  ]);
}

function varintField(field: number, value: number): number[] {
  return [field << 3, ...varint(value)];
}

function bytesField(field: number, bytes: readonly number[]): number[] {
  return [(field << 3) | 2, ...varint(bytes.length), ...bytes];
}

/** Seven bits per byte, the lowest first; the eighth bit says whether more follow. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
