import * as tf from '@tensorflow/tfjs-core';
import { type Gradients, unbroadcast } from './gradient.js';

/** Reshapes the gradient to the shape of the input. */
const reshape: Gradients[string] = { inputs: ['x'], gradFunc: (dy, [x]) => ({ x: () => tf.reshape(dy, x.shape) }) };

/** Gradients of kernels that move values without changing them. */
export const shapes: Gradients = {
  BatchToSpaceND: {
    gradFunc: (dy, _saved, { blockShape, crops }) => ({ x: () => tf.spaceToBatchND(dy, blockShape, crops) }),
  },
  BroadcastTo: {
    inputs: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => unbroadcast(dy, x.shape) }),
  },
  Cast: { gradFunc: (dy) => ({ x: () => tf.clone(dy) }) },
  Concat: {
    inputs: 'all',
    gradFunc: (dy, inputs: tf.Tensor[], { axis }) => {
      const along = tf.util.parseAxisParam(axis, (inputs[0] as tf.Tensor).shape)[0] as number;
      const parts = tf.split(
        dy,
        inputs.map(({ shape }) => shape[along] as number),
        along,
      ) as tf.Tensor[];
      return Object.fromEntries(inputs.map((_, i) => [i, () => parts[i] as tf.Tensor]));
    },
  },
  ExpandDims: { ...reshape, inputs: ['input'], gradFunc: (dy, [x]) => ({ input: () => tf.reshape(dy, x.shape) }) },
  GatherV2: {
    inputs: ['x', 'indices'],
    gradFunc: (dy, [x, indices], { axis, batchDims }) => ({
      x: () => {
        const at = tf.util.parseAxisParam(axis, x.shape)[0] as number;
        return batchDims ? batchedScatter(dy, x, indices, at, batchDims) : scatter(dy, x, indices, at);
      },
      indices: () => tf.zeros(indices.shape),
    }),
  },
  Identity: { gradFunc: (dy) => ({ x: () => tf.cast(dy, 'float32') }) },
  MirrorPad: {
    inputs: ['x'],
    gradFunc: (dy, [x], { paddings, mode }) => ({
      x: () => {
        // Padding the positions in the same way shows which position each value was copied from.
        const positions = tf.reshape(tf.range(0, x.size, 1, 'int32'), x.shape);
        const origins = tf.cast(tf.mirrorPad(tf.cast(positions, 'float32'), paddings, mode), 'int32');
        const sums = tf.unsortedSegmentSum(tf.reshape(dy, [dy.size]), tf.reshape(origins, [dy.size]), x.size);
        return tf.reshape(sums, x.shape);
      },
    }),
  },
  Pack: {
    inputs: 'all',
    gradFunc: (dy, inputs, { axis }) => {
      const parts = tf.unstack(dy, axis);
      return Object.fromEntries(inputs.map((_, i) => [i, () => parts[i] as tf.Tensor]));
    },
  },
  PadV2: {
    inputs: ['x'],
    gradFunc: (dy, [x], { paddings }) => ({
      x: () =>
        tf.slice(
          dy,
          paddings.map((p: number[]) => p[0]),
          x.shape,
        ),
    }),
  },
  Reshape: reshape,
  Reverse: { gradFunc: (dy, _saved, { dims }) => ({ x: () => tf.reverse(dy, dims) }) },
  Select: {
    inputs: ['condition'],
    gradFunc: (dy, [condition]) => ({
      condition: () => tf.zeros(condition.shape),
      t: () => tf.where(condition, dy, tf.zerosLike(dy)),
      e: () => tf.where(condition, tf.zerosLike(dy), dy),
    }),
  },
  Slice: {
    inputs: ['x'],
    gradFunc: (dy, [x], { begin, size }) => ({
      x: () => {
        const [starts, sizes] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
        return tf.pad(
          dy,
          starts.map((start, i) => [start, x.shape[i] - start - (sizes[i] as number)] as [number, number]),
        );
      },
    }),
  },
  SpaceToBatchND: {
    gradFunc: (dy, _saved, { blockShape, paddings }) => ({ x: () => tf.batchToSpaceND(dy, blockShape, paddings) }),
  },
  SplitV: { gradFunc: (dy, _saved, { axis }) => ({ x: () => tf.concat(dy, axis) }) },
  Tile: {
    inputs: ['x'],
    gradFunc: (dy, [x], { reps }) => ({
      x: () => {
        // A [3, 4] tensor tiled by [2, 5] is one of shape [2, 3, 5, 4] that is constant along the first and third axes.
        const separated = (x.shape as number[]).flatMap((n, i) => [reps[i] as number, n]);
        return tf.reshape(
          tf.sum(
            tf.reshape(dy, separated),
            x.shape.map((_: number, i: number) => 2 * i),
          ),
          x.shape,
        );
      },
    }),
  },
  Transpose: {
    gradFunc: (dy, _saved, { perm }) => ({ x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm)) }),
  },
  Unpack: { gradFunc: (dy, _saved, { axis }) => ({ value: () => tf.stack(dy, axis) }) },
  UnsortedSegmentSum: {
    inputs: ['segmentIds'],
    gradFunc: (dy, [segmentIds]) => ({
      x: () => {
        const inside = tf.gather(dy, tf.cast(tf.relu(segmentIds), 'int32'));
        const trailing = new Array<number>(inside.rank - segmentIds.rank).fill(1);
        const valid = tf.cast(tf.greaterEqual(segmentIds, 0), 'float32');
        return tf.mul(inside, tf.reshape(valid, [...segmentIds.shape, ...trailing]));
      },
      segmentIds: () => tf.zeros(segmentIds.shape),
    }),
  },
};

/** Adds the gradient of every gathered slice to the slice that it came from. */
function scatter(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number): tf.Tensor {
  const ids = tf.reshape(indices, [indices.size]) as tf.Tensor1D;
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const rows = tf.reshape(dy, [...before, indices.size, ...after]);
  const axisFirst = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
  const sums = tf.unsortedSegmentSum(tf.transpose(rows, axisFirst), ids, x.shape[axis] as number);
  return tf.transpose(sums, tf.backend_util.getUndoAxesPermutation(axisFirst));
}

/** As {@link scatter}, where each element of the batch has its own indices. They become indices into one long table. */
function batchedScatter(dy: tf.Tensor, x: tf.Tensor, indices: tf.Tensor, axis: number, batchDims: number): tf.Tensor {
  if (axis !== batchDims) {
    throw new Error(`axis must equal batchDims for the gradient of a gather; got ${axis} and ${batchDims}`);
  }
  const batch = x.shape.slice(0, batchDims).reduce((total, n) => total * n, 1);
  const length = x.shape[axis] as number;
  const offsets = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(length, 'int32'));
  const own = tf.add(tf.reshape(indices, [batch, -1]), tf.reshape(offsets, [batch, 1]));
  const ids = tf.reshape(own, [indices.size]) as tf.Tensor1D;
  const inner = x.shape.slice(axis + 1);
  const sums = tf.unsortedSegmentSum(tf.reshape(dy, [indices.size, ...inner]), ids, batch * length);
  return tf.reshape(sums, x.shape);
}
