import * as Type from 'typebox';
import { InputError } from '../errors.js';
import { schedules } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** The product of schedules at each step: a rate and factors, as in PyTorch's ChainedScheduler. */
export const product = scheduleKind({
  name: 'product',
  summary: 'the product of schedules at each step: a rate and factors',
  rest: 'schedules',
  parameters: Type.Object({ schedules: schedules('the schedules to multiply') }, { additionalProperties: false }),
  create({ schedules }) {
    if (schedules.length === 0) throw new InputError('product.schedules must have at least one schedule; got none');
    const momentum = schedules.find((schedule) => schedule.momentum)?.momentum;
    const longest = schedules.flatMap(({ extent }) => extent ?? []).toSorted((a, b) => b.steps - a.steps)[0];
    const spans = schedules.flatMap(({ span }) => span ?? []);
    return Object.assign(
      (t: number) => schedules.reduce((product, schedule) => product * schedule(t), 1),
      momentum && { momentum },
      longest && { extent: longest },
      spans.length === schedules.length && {
        span: { steps: Math.max(...spans.map(({ steps }) => steps)), ends: spans.every(({ ends }) => ends) },
      },
    );
  },
});
