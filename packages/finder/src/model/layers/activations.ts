import {
  abs,
  add,
  clipByValue,
  cumsum,
  customGrad,
  div,
  exp,
  leakyRelu,
  minimum,
  mul,
  neg,
  range,
  relu,
  reshape,
  scalar,
  serialization,
  softplus,
  sqrt,
  square,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tanh,
  tidy,
  topk,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';

/**
 * Activations of Keras 3 that TensorFlow.js lacks or has with other numbers, under the names by which TensorFlow.js looks them up.
 * Comparisons have no gradient there, so `step` and `clipByValue` stand in for them.
 */
const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  celu: (x) => add(relu(x), minimum(sub(exp(minimum(x, 0)), 1), 0)),
  exponential: exp,
  hardShrink: (x) => mul(x, step(sub(abs(x), 0.5))),
  hardSilu: (x) => mul(x, hardSigmoid(x)),
  hardTanh: (x) => clipByValue(x, -1, 1),
  // Keras 2 and TensorFlow.js have 0.2 x + 0.5.
  keras3HardSigmoid: hardSigmoid,
  leakyRelu: (x) => leakyRelu(x, 0.2),
  logSigmoid: (x) => neg(softplus(neg(x))),
  softShrink: (x) => sub(relu(sub(x, 0.5)), relu(sub(-0.5, x))),
  sparsePlus: (x) => {
    // 0 up to −1, (x + 1)² / 4 up to 1, then x.
    const bent = clipByValue(x, -1, 1);
    return add(mul(0.25, square(add(bent, 1))), relu(sub(x, 1)));
  },
  sparseSigmoid: (x) => clipByValue(mul(0.5, add(x, 1)), 0, 1),
  sparsemax,
  squareplus: (x) => div(add(x, sqrt(add(square(x), 4))), 2),
  tanhShrink: (x) => sub(x, tanh(x)),
};

function hardSigmoid(x: Tensor): Tensor {
  return div(clipByValue(add(x, 3), 0, 6), 6);
}

/**
 * Keras's `sparsemax`, along the last axis: what is above a threshold. Keras 3.15 sums the running sums of the largest values where the
 * paper (Martins and Astudillo, 2016) takes the last of them, so its outputs need not add up to 1; a model was trained with these.
 */
function sparsemax(logits: Tensor): Tensor {
  const project = customGrad((x, save) => {
    const given = x as Tensor;
    const length = given.shape.at(-1) as number;
    const rows = given.size / length;
    const { values: sorted, indices } = topk(given, length);
    const ranks = reshape(range(1, length + 1), [...given.shape.slice(0, -1).map(() => 1), length]);
    // The wasm backend has no negative axis here.
    const sums = cumsum(sorted, given.rank - 1);
    const support = step(sub(mul(sorted, ranks), sub(sums, 1)));
    const size = sum(support, -1, true);
    const threshold = div(sub(sum(mul(sums, support), -1, true), 1), size);
    const value = relu(sub(given, threshold));
    // How the threshold moves with each value: by the running sums that it is in.
    const weights = div(mul(support, sub(add(size, 1), ranks)), size);
    const firsts = mul(reshape(range(0, rows, 1, 'int32'), [rows, 1]), scalar(length, 'int32'));
    const places = reshape(add(reshape(indices, [rows, length]), firsts), [given.size]) as Tensor1D;
    const moves = reshape(unsortedSegmentSum(reshape(weights, [given.size]), places, given.size), given.shape);
    (save as (tensors: Tensor[]) => void)([value, moves]);
    const gradFunc = (dy: Tensor, [output, moved]: Tensor[]) => {
      const inside = mul(dy, step(output as Tensor));
      return sub(inside, mul(moved as Tensor, sum(inside, -1, true)));
    };
    return { value, gradFunc };
  });
  return project(logits);
}

/** Lets TensorFlow.js find these activations by name. Calling it again changes nothing. */
export function registerActivations(): void {
  for (const [name, apply] of Object.entries(ACTIVATIONS)) {
    class Activation extends serialization.Serializable {
      static readonly className = name;
      apply(x: Tensor): Tensor {
        return tidy(() => apply(x));
      }
      getConfig(): serialization.ConfigDict {
        return {};
      }
    }
    serialization.registerClass(Activation as never);
  }
}
