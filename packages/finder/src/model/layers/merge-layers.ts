import { InputError } from '@lrfind/core';
import { logicalOr, sub, type Tensor } from '@tensorflow/tfjs-core';
import { type ComposedLayer, classOf, type LayerCall, type Shape } from './composed-layer.js';
import type { KerasLayers } from './keras-layer.js';
import { flag, whole, wholes } from './parameter-kinds.js';

/** A step counts where it does in any input; where an input has no mask, all do. */
function anyMask({ masks }: Pick<LayerCall, 'masks'>): Tensor | null {
  if (!masks.every((mask) => mask)) return null;
  return (masks as Tensor[]).reduce((a, b) => logicalOr(a, b));
}

const subtractLayer: ComposedLayer = {
  className: 'KerasSubtract',
  outputShape: (_, inputs) => broadcastShape(inputs),
  call: ({ inputs }) => {
    if (inputs.length !== 2) throw new InputError(`Subtract must get 2 inputs; got ${inputs.length}`);
    const [a, b] = inputs as [Tensor, Tensor];
    return sub(a, b);
  },
  mask: anyMask,
};

/** The shape to which shapes of one rank are broadcast. */
function broadcastShape([first = [], ...others]: readonly Shape[]): Shape {
  return first.map((length, i) =>
    others.reduce<number | null>((found, other) => (found === 1 ? (other[i] ?? null) : found), length),
  );
}

const severalInputs = true;

/** Layers of several inputs. */
export const mergeLayers: KerasLayers = {
  Add: { severalInputs },
  Subtract: {
    severalInputs,
    classes: [classOf(subtractLayer)],
    toLayer: (config) => ({ class_name: 'KerasSubtract', config }),
  },
  Multiply: { severalInputs },
  Average: { severalInputs },
  Maximum: { severalInputs },
  Minimum: { severalInputs },
  Concatenate: { severalInputs, optional: { axis: whole } },
  Dot: { severalInputs, required: { axes: wholes }, optional: { normalize: flag } },
};
