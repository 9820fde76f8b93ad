import {
  add,
  dropout,
  keep,
  matMul,
  mul,
  onesLike,
  type serialization,
  split,
  sub,
  type Tensor,
  tidy,
  unstack,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/** The parts of TensorFlow.js's GRU cell that are used here; it declares them private. */
interface Cell extends layers.Layer {
  readonly units: number;
  readonly useBias: boolean;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly kernelInitializer: unknown;
  readonly kernelRegularizer: unknown;
  readonly kernelConstraint: unknown;
  readonly recurrentInitializer: unknown;
  readonly recurrentRegularizer: unknown;
  readonly recurrentConstraint: unknown;
  readonly biasInitializer: unknown;
  readonly biasRegularizer: unknown;
  readonly biasConstraint: unknown;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly dropoutFunc: ((ones: Tensor, rate: number) => Tensor) | null | undefined;
  kernel: Variable;
  recurrentKernel: Variable;
  bias: Variable | null;
  dropoutMask: Tensor | Tensor[] | null;
  recurrentDropoutMask: Tensor | Tensor[] | null;
}

type Activation = { apply(x: Tensor): Tensor };
type Variable = { read(): Tensor };
type CellClass = new (given: serialization.ConfigDict) => Cell;

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const probe = { units: 1, name: 'probe' };
const GruCell = layers.gruCell(probe).constructor as unknown as CellClass;
/** A GRU cell whose reset gate multiplies after the recurrent matrix, Keras's default: a bias for each of the two matrices. */
export class ResetAfterCell extends GruCell {
  static readonly className = 'KerasGRUCell';

  constructor(given: serialization.ConfigDict) {
    super({ ...given, resetAfter: false });
  }

  override build(inputShape: (number | null)[]): void {
    const width = 3 * this.units;
    const own = (name: string, part: 'kernel' | 'recurrent' | 'bias', shape: number[]) => {
      const [initializer, regularizer, constraint] = [
        this[`${part}Initializer`],
        this[`${part}Regularizer`],
        this[`${part}Constraint`],
      ] as [never, never, never];
      return this.addWeight(name, shape, null as never, initializer, regularizer, true, constraint);
    };
    this.kernel = own('kernel', 'kernel', [inputShape.at(-1) as number, width]);
    this.recurrentKernel = own('recurrent_kernel', 'recurrent', [this.units, width]);
    this.bias = this.useBias ? own('bias', 'bias', [2, width]) : null;
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor[] {
    return tidy(() => {
      const [input, state] = inputs as [Tensor, Tensor];
      this.dropoutMask ??= this.#mask(input, this.dropout, kwargs.training);
      this.recurrentDropoutMask ??= this.#mask(state, this.recurrentDropout, kwargs.training);
      const masked = (value: Tensor, mask: Tensor | Tensor[] | null) => (mask ? mul(value, mask as Tensor) : value);
      const product = (value: Tensor, matrix: Variable, bias: Tensor | undefined) => {
        const made = matMul(value as never, matrix.read() as never) as Tensor;
        return split(bias ? add(made, bias) : made, 3, 1) as Tensor[];
      };
      const [bias, recurrentBias] = this.bias ? unstack(this.bias.read()) : [];
      const [xz, xr, xh] = product(masked(input, this.dropoutMask), this.kernel, bias) as [Tensor, Tensor, Tensor];
      const before = masked(state, this.recurrentDropoutMask);
      const [hz, hr, hh] = product(before, this.recurrentKernel, recurrentBias) as [Tensor, Tensor, Tensor];
      const update = this.recurrentActivation.apply(add(xz, hz));
      const reset = this.recurrentActivation.apply(add(xr, hr));
      const candidate = this.activation.apply(add(xh, mul(reset, hh)));
      const next = add(mul(update, state), mul(sub(1, update), candidate));
      return [next, next];
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), resetAfter: true };
  }

  /** What is dropped, for all steps of a sequence; null where nothing is. The layer around frees it. */
  #mask(value: Tensor, rate: number, training = false): Tensor | null {
    if (!training || !(rate > 0)) return null;
    const ones = onesLike(value);
    return keep(this.dropoutFunc ? this.dropoutFunc(ones, rate) : dropout(ones, rate));
  }
}
