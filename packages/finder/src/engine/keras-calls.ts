import { cast, type Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { type CallMasks, type GivenMask, type MaskStep, maskList, type TensorPlace } from '../model/call-masks.js';
import { computeOperation } from '../model/formats/keras/operation-layer.js';
import { rolesOf } from '../model/layers/attention.js';
import { Composed } from '../model/layers/composed-layer.js';
import { isRecurrent, type MaskedTensor } from './mask-rules.js';

/** What a call is given of masks, by the name of the argument; a list has one for each input. */
export interface GivenMasks {
  /** The version of Keras whose rules hold. */
  readonly keras: 2 | 3;
  readonly masks: Readonly<Record<string, Tensor | null | readonly (Tensor | null)[]>>;
}

/** Computes the masks that a file gives to calls, each step of them once in a run of a graph. */
export class StepsOfRun {
  readonly #values = new Map<string, Tensor>();
  readonly #tensors = new Map<string, MaskedTensor>();

  /** Remembers a tensor of the graph. */
  set(place: TensorPlace, tensor: MaskedTensor): void {
    this.#tensors.set(JSON.stringify(place), tensor);
  }

  /** What a call is given; undefined where its file says nothing of masks. */
  given(call: CallMasks | undefined): GivenMasks | undefined {
    if (!call) return undefined;
    for (const step of call.steps) this.#compute(step);
    const of = (mask: GivenMask) => (mask === null ? null : cast(this.#valueOf(mask), 'bool'));
    const entries = Object.entries(call.masks).map(
      ([name, given]) => [name, maskList(given)?.map(of) ?? of(given as GivenMask)] as const,
    );
    return { keras: call.keras, masks: Object.fromEntries(entries) };
  }

  #compute({ name, operation, of }: MaskStep): void {
    const inputs = of.map((each) => this.#valueOf(each));
    this.#values.set(name, [computeOperation(operation, inputs)].flat()[0] as Tensor);
  }

  #valueOf(mask: TensorPlace | string): Tensor {
    const found = typeof mask === 'string' ? this.#values.get(mask) : this.#tensors.get(JSON.stringify(mask))?.value;
    if (!found) throw new Error(`a mask must come from a tensor of the model; got ${JSON.stringify(mask)}`);
    return found;
  }
}

/**
 * The inputs with the masks that the call has for them: those that it is given, in the place of those that the tensors bring.
 *
 * @returns the inputs themselves where nothing is given
 */
export function inputsOfCall(
  layer: layers.Layer,
  inputs: readonly MaskedTensor[],
  call: GivenMasks | undefined,
): readonly MaskedTensor[] {
  const { mask, query_mask: query, value_mask: value, key_mask: key } = call?.masks ?? {};
  if (Array.isArray(mask)) return inputs.map((input, i) => ({ ...input, mask: mask[i] ?? null }));
  if (mask) return inputs.map((input, i) => ({ ...input, mask: i === 0 ? (mask as Tensor) : null }));
  const given = { query, value, key } as Readonly<Record<string, Tensor | undefined>>;
  if (!Object.values(given).some((each) => each) || !(layer instanceof Composed)) return inputs;
  const roles = rolesOf(layer.config, inputs.length);
  return inputs.map((input, i) => {
    const role = roles[i] as string;
    // Multi-head attention of Keras takes the query's mask from the query, whatever it is given.
    if (role === 'query' && call?.keras === 3 && takesMasks(layer)) return input;
    return { ...input, mask: given[role] ?? input.mask };
  });
}

/** Whether a recurrent layer gives its mask to its steps although it gets its first states. Keras 3 does so for a mask that is given. */
export function usesMaskWithStates(call: GivenMasks | undefined): boolean {
  return call !== undefined && (call.keras === 2 || call.masks.mask != null);
}

/**
 * The outputs of a call in Keras 3, whose masks are part of the tensors: multi-head attention takes the masks from those that it gets,
 * so that later layers find none there, and what returns its input returns it with its mask.
 *
 * @param inputs as the graph has them; their masks may be taken
 * @param outputs with the masks that the layer's rule gives them
 */
export function afterCall(
  layer: layers.Layer,
  inputs: readonly MaskedTensor[],
  outputs: readonly MaskedTensor[],
  call: GivenMasks | undefined,
  training: boolean,
): readonly MaskedTensor[] {
  if (call?.keras !== 3) return outputs;
  if (takesMasks(layer)) {
    const roles = rolesOf((layer as Composed).config, inputs.length);
    for (const [i, input] of inputs.entries()) if (roles[i] !== 'attention_mask') input.mask = null;
  }
  const [input, ...others] = inputs;
  const [output] = outputs;
  if (!input || !output || others.length > 0 || !returnsInput(layer, training)) return outputs;
  return [sameTensor(input, output.value)];
}

function takesMasks(layer: layers.Layer): boolean {
  return layer.getClassName() === 'KerasMultiHeadAttention';
}

/** The numbers of a tensor that Keras has one object for: what takes the mask from it takes it here too. */
function sameTensor(of: MaskedTensor, value: Tensor): MaskedTensor {
  return {
    value,
    get mask() {
      return of.mask;
    },
    set mask(mask: Tensor | null) {
      of.mask = mask;
    },
  };
}

const NOISE = [
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GaussianDropout',
  'AlphaDropout',
];
const ALWAYS = ['Identity', 'KerasIdentity', 'ActivityRegularization', 'KerasActivityRegularization'];

/** Whether Keras's layer returns the very tensor that it gets. */
function returnsInput(layer: layers.Layer, training: boolean): boolean {
  const name = layer.getClassName().replace(/^Keras/, '');
  if (ALWAYS.includes(name)) return true;
  const config = layer.getConfig();
  if (name === 'Activation') return config.activation === 'linear';
  const rate = NOISE.includes(name) ? config.rate : name === 'GaussianNoise' ? config.stddev : undefined;
  return rate !== undefined && (!training || rate === 0);
}

/** Whether a layer gets its first states besides its sequence. */
export function getsStates(layer: layers.Layer, inputs: readonly MaskedTensor[]): boolean {
  return inputs.length > 1 && isRecurrent(layer);
}
