import { cast, mul, reshape, reverse, type serialization, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type LayerClass, partOf } from './composed-layer.js';
import { ResetAfterCell } from './gru.js';

type Given = serialization.ConfigDict;
type CallOptions = { mask?: Tensor | null; training?: boolean };

/** The parts of TensorFlow.js's recurrent layers that are used here; it declares them private. */
interface Recurrent extends layers.Layer {
  cell: layers.Layer;
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
  call(inputs: Tensor | Tensor[], kwargs: CallOptions): Tensor | Tensor[];
}

type RecurrentClass = new (given: Given) => Recurrent;

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const probe = { units: 1, name: 'probe' };
const classOfLayer = (layer: layers.Layer) => layer.constructor as unknown as RecurrentClass;
const SimpleRnn = classOfLayer(layers.simpleRNN(probe));
const Lstm = classOfLayer(layers.lstm(probe));
const Gru = classOfLayer(layers.gru(probe));
const Rnn = classOfLayer(layers.rnn({ cell: layers.simpleRNNCell(probe), name: 'probe' } as never) as layers.Layer);

/** A GRU whose reset gate multiplies before or after the recurrent matrix. */
class KerasGru extends Gru {
  constructor(given: Given) {
    super({ ...given, resetAfter: false });
    if (given.resetAfter) this.cell = new ResetAfterCell(given);
  }
}

/** A recurrent layer whose outputs of masked steps are 0 where `zeroOutputForMask` says so; `bidirectional` of Keras has such layers. */
function zeroing(name: string, Base: RecurrentClass): LayerClass {
  class Zeroing extends Base {
    static readonly className = name;
    readonly zeroOutputForMask: boolean;

    constructor(given: Given) {
      super(given);
      this.zeroOutputForMask = given.zeroOutputForMask === true;
    }

    // TensorFlow.js writes the cell into the configuration, which `Bidirectional` uses for both directions.
    static fromConfig(type: never, config: Given, custom?: Given): unknown {
      const make = (Base as unknown as { fromConfig(...given: unknown[]): unknown }).fromConfig;
      return make.call(Base, type, { ...config }, custom);
    }

    override call(inputs: Tensor | Tensor[], kwargs: CallOptions): Tensor | Tensor[] {
      return tidy(() => {
        const made = super.call(inputs, kwargs);
        if (!this.zeroOutputForMask || !kwargs.mask) return made;
        const [output, ...states] = [made].flat() as [Tensor, ...Tensor[]];
        const masked = mul(output, this.#counts(kwargs.mask));
        return Array.isArray(made) ? [masked, ...states] : masked;
      });
    }

    /** 1 for each output that counts: [batch, steps, 1], or [batch, 1] for the last. */
    #counts(mask: Tensor): Tensor {
      const [batch, steps] = mask.shape as [number, number];
      const each = cast(reshape(mask, [batch, steps, 1]), 'float32');
      const inOrder = this.goBackwards ? reverse(each, 1) : each;
      return this.returnSequences ? inOrder : reshape(slice(inOrder, [0, steps - 1, 0], [batch, 1, 1]), [batch, 1]);
    }

    override getConfig(): Given {
      const { cell } = this;
      // TensorFlow.js describes the cell of its own class only.
      const described =
        name === 'KerasRNN' ? { cell: { className: cell.getClassName(), config: cell.getConfig() } } : {};
      return { ...super.getConfig(), ...described, zeroOutputForMask: this.zeroOutputForMask } as never;
    }
  }
  return Zeroing as unknown as LayerClass;
}

const Bidirectional = layers.bidirectional({
  layer: layers.simpleRNN(probe),
  mergeMode: 'concat',
  name: 'probe',
} as never).constructor as unknown as new (
  given: Given,
) => layers.Layer & { backwardLayer: layers.Layer };

/** A bidirectional layer whose second direction is a layer of its own. */
class OwnBackward extends Bidirectional {
  static readonly className = 'KerasBidirectional';

  constructor(given: Given) {
    super(given);
    this.backwardLayer = partOf(given.backwardLayer) as unknown as layers.Layer;
  }

  override getConfig(): Given {
    const { backwardLayer } = this;
    const described = { className: backwardLayer.getClassName(), config: backwardLayer.getConfig() };
    return { ...super.getConfig(), backwardLayer: described as never };
  }
}

/** The classes that are registered. */
export const recurrentClasses: readonly LayerClass[] = [
  ResetAfterCell,
  zeroing('KerasSimpleRNN', SimpleRnn),
  zeroing('KerasLSTM', Lstm),
  zeroing('KerasGRU', KerasGru),
  zeroing('KerasRNN', Rnn),
  OwnBackward as unknown as LayerClass,
];
