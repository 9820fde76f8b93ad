import { InputError } from '@lrfind/core';
import {
  abs,
  div,
  eye,
  matMul,
  maximum,
  mul,
  randomNormal,
  type Scalar,
  serialization,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { registerActivations } from './activations.js';
import { layerClasses } from './table.js';

type Config = serialization.ConfigDict;

/** Keras's `VarianceScaling` with the distribution `untruncated_normal`: normal with variance scale / fan. */
class UntruncatedVarianceScaling extends serialization.Serializable {
  static readonly className = 'UntruncatedVarianceScaling';
  readonly #scale: number;
  readonly #mode: string;

  constructor({ scale, mode }: { scale: number; mode: string }) {
    super();
    this.#scale = scale;
    this.#mode = mode;
  }
  apply(shape: number[], dtype?: 'float32'): Tensor {
    const [fanIn, fanOut] = fans(shape);
    const fan = { fanIn, fanOut }[this.#mode] ?? (fanIn + fanOut) / 2;
    return randomNormal(shape, 0, Math.sqrt(this.#scale / Math.max(1, fan)), dtype);
  }
  getConfig(): Config {
    return { scale: this.#scale, mode: this.#mode };
  }
}

/** Keras's `compute_fans`: how many values feed a unit, and how many units a value feeds. */
function fans(shape: readonly number[]): [fanIn: number, fanOut: number] {
  const [last = 1, before = last] = shape.toReversed();
  const field = shape.slice(0, -2).reduce((size, length) => size * length, 1);
  return [before * field, last * field];
}

/** Keras's `OrthogonalRegularizer`: factor · mean of |cosine| between the rows, or columns, of a matrix. */
class OrthogonalRegularizer extends serialization.Serializable {
  static readonly className = 'OrthogonalRegularizer';
  readonly #factor: number;
  readonly #mode: string;

  constructor({ factor, mode }: { factor: number; mode: string }) {
    super();
    this.#factor = factor;
    this.#mode = mode;
  }
  apply(x: Tensor): Scalar {
    if (x.rank !== 2)
      throw new InputError(
        `OrthogonalRegularizer must have a matrix, as in Keras; got a weight of [${x.shape.join(', ')}]`,
      );
    return tidy(() => {
      const rows = this.#mode === 'rows';
      // Keras bounds the squared length from below by 1e-12, so that a row of zeros gives no NaN.
      const length = sqrt(maximum(sum(square(x), rows ? 1 : 0, true), 1e-12));
      const unit = div(x, length) as Tensor2D;
      const cosines = matMul(unit, unit, !rows, rows);
      const size = cosines.shape[0];
      const others = mul(cosines, sub(1, eye(size)));
      return mul(sum(abs(others)), (0.5 * this.#factor) / ((size * (size - 1)) / 2)) as Scalar;
    });
  }
  getConfig(): Config {
    return { factor: this.#factor, mode: this.#mode };
  }
}

/** Lets TensorFlow.js build and describe the layers of Keras, and their parts, that it lacks. Calling it again changes nothing. */
export function registerKerasClasses(): void {
  for (const each of [UntruncatedVarianceScaling, OrthogonalRegularizer]) serialization.registerClass(each as never);
  registerActivations();
  for (const each of layerClasses) serialization.registerClass(each as never);
}
