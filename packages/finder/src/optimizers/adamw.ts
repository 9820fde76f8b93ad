import * as Type from 'typebox';
import { adam, adamRule } from './adam.js';
import { optimizerKind } from './update-rule.js';

/** `adam` with decoupled weight decay (Loshchilov and Hutter, 2017). As in Keras it decays every weight, biases too. */
export const adamw = optimizerKind({
  name: 'adamw',
  summary: 'adam with decoupled weight decay',
  defaultRate: 0.001,
  usualRate: 0.003,
  code: { keras: 'AdamW', kerasSlots: adam.code.kerasSlots, tfjs: () => null },
  parameters: Type.Object(
    {
      weightDecay: Type.Number({
        default: 0.004,
        minimum: 0,
        description: 'weight decay: each step subtracts this share of each weight, times the rate',
      }),
      ...adam.parameters.properties,
    },
    { additionalProperties: false },
  ),
  create: ({ weightDecay, ...options }) => adamRule('adamw', options, weightDecay),
});
