import Type from 'typebox';
import { sgdRule } from './sgd.js';
import { optimizerKind } from './update-rule.js';

/** `sgd` with momentum 0.9 (Polyak, 1964). */
export const momentum = optimizerKind({
  name: 'momentum',
  summary: 'gradient descent with momentum, the heavy-ball method',
  defaultRate: 0.01,
  parameters: Type.Object(
    {
      momentum: Type.Number({
        default: 0.9,
        minimum: 0,
        maximum: 1,
        description: 'share of the last step that is repeated',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ momentum }) => sgdRule('momentum', momentum, false),
});
