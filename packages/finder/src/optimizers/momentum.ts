import Type from 'typebox';
import { momentum as share } from './parameters.js';
import { sgdRule } from './sgd.js';
import { optimizerKind } from './update-rule.js';

/** `sgd` with momentum 0.9 (Polyak, 1964). */
export const momentum = optimizerKind({
  name: 'momentum',
  summary: 'gradient descent with momentum, the heavy-ball method',
  defaultRate: 0.01,
  parameters: Type.Object({ momentum: share }, { additionalProperties: false }),
  create: ({ momentum }) => sgdRule('momentum', momentum, false),
});
