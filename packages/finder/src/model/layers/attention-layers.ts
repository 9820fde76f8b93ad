import { InputError } from '@lrfind/core';
import {
  add,
  cast,
  expandDims,
  gather,
  matMul,
  mul,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor1d,
} from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { attended, byRole, flattened, forEachHead, pairsAllowed, shapesByRole, unflattened } from './attention.js';
import { type ComposedLayer, classOf, type LayerCall, type Shape, type WeightSpec } from './composed-layer.js';
import type { Config, KerasLayer, KerasLayers, KerasWeight } from './keras-layer.js';
import { count, counts, dropped, flag, rowShape, texts, whole, wholes, word } from './parameter-kinds.js';

/** The mask of the query goes on. */
const queryMask: ComposedLayer['mask'] = ({ masks, config }) => byRole(config, masks).query;

/** The values, weighted by scores of each query and key. */
function simple(className: string, scoresOf: (query: Tensor, key: Tensor, call: LayerCall) => Tensor): ComposedLayer {
  const additive = className.includes('Additive');
  return {
    className,
    mask: queryMask,
    weights: (config, shapes) => {
      const scaled = (config.use_scale ?? additive) as boolean;
      const width = shapesByRole(config, shapes).query.at(-1) as number;
      return [
        ...(scaled
          ? [{ name: 'scale', shape: additive ? [width] : [], initial: additive ? 'GlorotUniform' : 'Ones' }]
          : []),
        ...(config.score_mode === 'concat' ? [{ name: 'concat_score_weight', shape: [], initial: 'Ones' }] : []),
      ];
    },
    outputShape: (config, shapes) => {
      const { query, value } = shapesByRole(config, shapes);
      const output = [...query.slice(0, -1), value.at(-1) as number | null];
      return config.return_attention_scores ? [output, [...query.slice(0, -1), value.at(-2) as number | null]] : output;
    },
    call: (call) => {
      const { query, value, key } = byRole(call.config, call.inputs);
      const { query: mask } = byRole(call.config, call.masks);
      const allowed = pairsAllowed(call, query.shape[1] as number, value.shape[1] as number, false);
      const scores = scoresOf(query, key, call);
      const kept = allowed ? sub(scores, mul(sub(1, cast(allowed, 'float32')), 1e9)) : scores;
      const weights = call.dropped(softmax(kept), (call.config.dropout ?? 0) as number);
      const made = matMul(weights, value);
      const output = mask ? mul(made, cast(expandDims(mask, 2), 'float32')) : made;
      return call.config.return_attention_scores ? [output, weights] : output;
    },
  };
}

/** Each query plus each key, [batch, queries, keys, width]. */
const sums = (query: Tensor, key: Tensor) => add(expandDims(query, 2), expandDims(key, 1));

const dotLayer = simple('KerasAttention', (query, key, { weights: { scale, concat_score_weight: factor } }) => {
  if (!factor) {
    const scores = matMul(query, key, false, true);
    return scale ? mul(scores, scale) : scores;
  }
  const pairs = sums(query, key);
  return mul(factor, sum(tanh(scale ? mul(scale, pairs) : pairs), 3));
});

const additiveLayer = simple('KerasAdditiveAttention', (query, key, { weights: { scale } }) => {
  const pairs = tanh(sums(query, key));
  return sum(scale ? mul(scale, pairs) : pairs, 3);
});

/** [batch, …, width] times [width, heads, size] plus [heads, size]. */
function projected(x: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const [width, ...outer] = kernel.shape as [number, ...number[]];
  const rows = matMul(reshape(x, [x.size / width, width]), reshape(kernel, [width, kernel.size / width]));
  const made = reshape(rows, [...x.shape.slice(0, -1), ...outer]);
  return bias ? add(made, bias) : made;
}

/** [batch, …, heads, size] times [heads, size, …output] plus […output]. */
function combined(x: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const [heads, size, ...output] = kernel.shape as [number, number, ...number[]];
  const rows = matMul(reshape(x, [x.size / (heads * size), heads * size]), reshape(kernel, [heads * size, -1]));
  const made = reshape(rows, [...x.shape.slice(0, -2), ...output]);
  return bias ? add(made, bias) : made;
}

const PROJECTIONS = ['query', 'key', 'value', 'output'] as const;

function projections(
  { use_bias }: Config,
  shapes: Readonly<Record<(typeof PROJECTIONS)[number], number[]>>,
): WeightSpec[] {
  return PROJECTIONS.flatMap((name) => {
    const shape = shapes[name];
    const bias = name === 'output' ? shape.slice(2) : shape.slice(1);
    return [
      { name: `${name}_kernel`, key: 'kernel', shape },
      ...(use_bias === false ? [] : [{ name: `${name}_bias`, key: 'bias', shape: bias, initial: 'Zeros' }]),
    ];
  });
}

function outputOf({ output_shape }: Config, query: Shape): number[] {
  const given = output_shape == null ? [query.at(-1)] : [output_shape].flat();
  return given as number[];
}

/** The axes over which multi-head attention goes, counted from the front. */
function attentionAxes({ attention_axes }: Config, rank: number): number[] {
  if (attention_axes == null) return Array.from({ length: rank - 2 }, (_, i) => i + 1);
  return ([attention_axes].flat() as number[]).map((axis) => (axis < 0 ? axis + rank : axis));
}

/** With dropout or scores Keras 3 computes attention by its layer Softmax, which gives masked pairs no share at all. */
function masking({ dropout, return_attention_scores: scores, keras2 }: Config): 'evenly' | 'zeroing' | 'adding' {
  if (keras2) return 'adding';
  return ((dropout as number | undefined) ?? 0) > 0 || scores === true ? 'zeroing' : 'evenly';
}

const multiHeadLayer: ComposedLayer = {
  className: 'KerasMultiHeadAttention',
  mask: queryMask,
  weights: (config, shapes) => {
    const { query, value, key } = shapesByRole(config, shapes);
    const [heads, size] = [config.num_heads as number, config.key_dim as number];
    const width = (config.value_dim ?? size) as number;
    return projections(config, {
      query: [query.at(-1) as number, heads, size],
      key: [key.at(-1) as number, heads, size],
      value: [value.at(-1) as number, heads, width],
      output: [heads, width, ...outputOf(config, query)],
    });
  },
  outputShape: (config, shapes) => {
    const { query, value } = shapesByRole(config, shapes);
    const output = [...query.slice(0, -1), ...outputOf(config, query)];
    if (!config.return_attention_scores) return output;
    return [
      output,
      [query[0] as number | null, config.num_heads as number, query[1] as number | null, value[1] as number | null],
    ];
  },
  call: (call) => {
    const { config, weights: w } = call;
    const { query, value, key } = byRole(config, call.inputs);
    const axes = attentionAxes(config, query.rank);
    const of = (x: Tensor, name: string) =>
      flattened(projected(x, w[`${name}_kernel`] as Tensor, w[`${name}_bias`]), axes);
    const [q, k, v] = [of(query, 'query'), of(key, 'key'), of(value, 'value')];
    const isPlain = axes.length === 1 && query.rank === 3;
    const allowed = isPlain ? pairsAllowed(call, query.shape[1] as number, value.shape[1] as number, true) : null;
    if (!isPlain && (config.use_causal_mask || config.return_attention_scores || call.masks.some((mask) => mask)))
      throw new InputError(
        `MultiHeadAttention over ${axes.length} axes of an input with ${query.rank} cannot have masks or return its scores; use an input of shape [batch, steps, width]`,
      );
    const [batch, heads] = [query.shape[0] as number, config.num_heads as number];
    const scale = 1 / Math.sqrt(config.key_dim as number);
    const pairs = allowed && forEachHead(allowed, batch, heads);
    const drop = (made: Tensor) => call.dropped(made, (config.dropout ?? 0) as number);
    const { outputs, weights } = attended(q.value, k.value, v.value, scale, pairs, drop, masking(config));
    const output = combined(unflattened(outputs, q), w.output_kernel as Tensor, w.output_bias);
    return config.return_attention_scores
      ? [output, reshape(weights, [batch, heads, ...weights.shape.slice(1)])]
      : output;
  },
};

const groupLayer: ComposedLayer = {
  className: 'KerasGroupQueryAttention',
  mask: queryMask,
  weights: (config, shapes) => {
    const { query, value, key } = shapesByRole(config, shapes);
    const [size, heads, groups] = [config.head_dim, config.num_query_heads, config.num_key_value_heads] as number[];
    const width = query.at(-1) as number;
    return projections(config, {
      query: [width, heads as number, size as number],
      key: [key.at(-1) as number, groups as number, size as number],
      value: [value.at(-1) as number, groups as number, size as number],
      output: [heads as number, size as number, width],
    });
  },
  outputShape: (config, shapes) => {
    const { query, value } = shapesByRole(config, shapes);
    if (!config.return_attention_scores) return query;
    return [
      query,
      [
        query[0] as number | null,
        config.num_query_heads as number,
        query[1] as number | null,
        value[1] as number | null,
      ],
    ];
  },
  call: (call) => {
    const { config, weights: w } = call;
    const { query, value, key } = byRole(config, call.inputs);
    const heads = config.num_query_heads as number;
    const each = heads / (config.num_key_value_heads as number);
    const repeats = tensor1d(
      Array.from({ length: heads }, (_, i) => Math.floor(i / each)),
      'int32',
    );
    const of = (x: Tensor, name: string) => projected(x, w[`${name}_kernel`] as Tensor, w[`${name}_bias`]);
    const q = flattened(of(query, 'query'), [1]);
    const [k, v] = [of(key, 'key'), of(value, 'value')].map(
      (made) => flattened(gather(made, repeats, 2), [1]).value,
    ) as [Tensor, Tensor];
    const allowed = pairsAllowed(call, query.shape[1] as number, value.shape[1] as number, true);
    const pairs = allowed && forEachHead(allowed, query.shape[0] as number, heads);
    const scale = 1 / Math.sqrt(config.head_dim as number);
    const drop = (made: Tensor) => call.dropped(made, (config.dropout ?? 0) as number);
    const { outputs, weights } = attended(q.value, k, v, scale, pairs, drop, masking(config));
    const output = combined(unflattened(outputs, q), w.output_kernel as Tensor, w.output_bias);
    return config.return_attention_scores
      ? [output, reshape(weights, [query.shape[0] as number, heads, ...weights.shape.slice(1)])]
      : output;
  },
};

/** Keras keeps each projection as a layer within. */
function projectionWeights(prefix: string) {
  return (layer: layers.Layer): KerasWeight[] => {
    const each = layer.weights.length / PROJECTIONS.length;
    return layer.weights.map((weight, i) => ({
      path: `${prefix}${PROJECTIONS[Math.floor(i / each)]}_dense/vars/${i % each}`,
      weight,
    }));
  };
}

const callOptions = ['use_causal_mask', 'return_attention_scores'];
const options = { seed: whole, use_causal_mask: flag, return_attention_scores: flag, inputs: texts, dropout: dropped };
const roles = ['query', 'value', 'key', 'attention_mask'];

const row = (composed: ComposedLayer, others: Partial<KerasLayer>): KerasLayer => ({
  ...others,
  optional: { ...options, ...others.optional },
  classes: [classOf(composed)],
  inputs: others.inputs ?? roles,
  callOptions,
  toLayer: (config, keras) => ({
    class_name: composed.className,
    config: keras === 2 ? { ...config, keras2: true } : config,
  }),
});

/** Attention. */
export const attentionLayers: KerasLayers = {
  Attention: row(dotLayer, {
    inputs: roles.slice(0, 3),
    optional: { use_scale: flag, score_mode: word('dot', 'concat') },
  }),
  AdditiveAttention: row(additiveLayer, { inputs: roles.slice(0, 3), optional: { use_scale: flag } }),
  MultiHeadAttention: row(multiHeadLayer, {
    required: { num_heads: count, key_dim: count },
    optional: {
      value_dim: count,
      use_bias: flag,
      output_shape: counts,
      attention_axes: wholes,
      // Keras 2 writes the shapes that it was built with.
      query_shape: rowShape,
      key_shape: rowShape,
      value_shape: rowShape,
    },
    weights: projectionWeights(''),
  }),
  GroupQueryAttention: row(groupLayer, {
    required: { head_dim: count, num_query_heads: count, num_key_value_heads: count },
    optional: { use_bias: flag },
    refused: ({ num_query_heads: heads, num_key_value_heads: groups }) =>
      (heads as number) % (groups as number) === 0
        ? undefined
        : `must have num_key_value_heads that divide its ${heads} num_query_heads; got ${groups}`,
    weights: projectionWeights('_'),
  }),
};
