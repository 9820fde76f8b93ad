import type { serialization } from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

import { layersWithin } from './layers-within.js';

type Config = serialization.ConfigDict;

/** A layer as TensorFlow.js keeps it, without what it declares private. */
interface DescribedLayer {
  getConfig(): Config;
  readonly dataFormat?: string;
  readonly dilationRate?: number[];
  readonly depthMultiplier?: number;
  readonly depthwiseConstraint?: { getClassName(): string; getConfig(): Config } | null;
  readonly trainable?: boolean;
}

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const name = 'probe';
const kernel = { filters: 1, kernelSize: 1, name };
const flat = input({ shape: [1], name });
const frozen = ({ trainable }: DescribedLayer): Config => (trainable === false ? { trainable } : {});

/** What TensorFlow.js's classes leave out of their description, or describe wrongly. */
const MISSING: readonly [layer: layers.Layer, of: (layer: DescribedLayer) => Config][] = [
  [sequential({ name }), frozen],
  [functional({ inputs: flat, outputs: flat, name }), frozen],
  [layers.conv1d(kernel), ({ dataFormat }) => ({ dataFormat: dataFormat as string })],
  [layers.conv2dTranspose(kernel), ({ dilationRate }) => ({ dilationRate: dilationRate as number[] })],
  [layers.conv3dTranspose(kernel) as layers.Layer, ({ dilationRate }) => ({ dilationRate: dilationRate as number[] })],
  [layers.separableConv2d(kernel), ({ depthMultiplier }) => ({ depthMultiplier: depthMultiplier as number })],
  [
    layers.depthwiseConv2d({ kernelSize: 1, name }),
    ({ depthwiseConstraint: constraint }) => ({
      depthwiseConstraint: constraint ? { className: constraint.getClassName(), config: constraint.getConfig() } : null,
    }),
  ],
];

/**
 * The topology of a model as JSON, with the options that TensorFlow.js's own description lacks. Without them a model that is
 * saved, or rebuilt to draw initial weights, would be another one.
 *
 * @throws what TensorFlow.js says of a layer that cannot be described, such as a custom layer that is not registered
 */
export function wholeTopology(model: LayersModel): object {
  const restores = MISSING.map(([layer, missing]) => {
    const prototype = Object.getPrototypeOf(layer) as DescribedLayer;
    const own = Object.getOwnPropertyDescriptor(prototype, 'getConfig');
    const { getConfig } = prototype;
    prototype.getConfig = function (this: DescribedLayer) {
      return { ...getConfig.call(this), ...missing(this) };
    };
    return () => {
      if (own) Object.defineProperty(prototype, 'getConfig', own);
      else delete (prototype as { getConfig?: unknown }).getConfig;
    };
  });
  // TensorFlow.js leaves out the options of calls among which is a tensor, such as a first state, which is an input besides.
  for (const part of layersWithin(model)) {
    for (const { callArgs } of part.inboundNodes as unknown as { callArgs?: Record<string, unknown> | null }[]) {
      if (!callArgs?.initialState) continue;
      const { initialState } = callArgs;
      delete callArgs.initialState;
      restores.push(() => {
        callArgs.initialState = initialState;
      });
    }
  }
  try {
    return withAllInputs(JSON.parse(JSON.stringify(model.toJSON(null, false))), model);
  } finally {
    for (const restore of restores) restore();
  }
}

/** A topology with the inputs that TensorFlow.js does not list, because only masks are computed from them. */
function withAllInputs(topology: object, { inputs }: LayersModel): object {
  const { config } = topology as { config?: { layers?: Named[]; input_layers?: unknown[] } };
  const { layers: list, input_layers: ends } = config ?? {};
  const missing = inputs.filter(({ sourceLayer }) => !list?.some(({ name }) => name === sourceLayer.name));
  if (!list || !ends || ends.length === inputs.length || missing.length === 0) return topology;
  const added = missing.map(({ sourceLayer, shape, dtype }) => ({
    name: sourceLayer.name,
    class_name: 'InputLayer',
    config: { batch_input_shape: shape, dtype, sparse: false, name: sourceLayer.name },
    inbound_nodes: [],
  }));
  const places = inputs.map(({ sourceLayer }) => [sourceLayer.name, 0, 0]);
  return { ...topology, config: { ...config, layers: [...added, ...list], input_layers: places } };
}

interface Named {
  readonly name?: unknown;
}
