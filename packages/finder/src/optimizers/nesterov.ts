import Type from 'typebox';
import { momentum } from './parameters.js';
import { sgdRule } from './sgd.js';
import { optimizerKind } from './update-rule.js';

/** `sgd` with momentum 0.9 and Nesterov's look-ahead (Nesterov, 1983). */
export const nesterov = optimizerKind({
  name: 'nesterov',
  summary: 'gradient descent with Nesterov momentum',
  defaultRate: 0.01,
  parameters: Type.Object({ momentum }, { additionalProperties: false }),
  create: ({ momentum }) => sgdRule('nesterov', momentum, true),
});
