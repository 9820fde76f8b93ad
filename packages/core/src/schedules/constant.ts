import * as Type from 'typebox';
import { rate } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** The same rate at every step. */
export const constant = scheduleKind({
  name: 'constant',
  summary: 'one rate throughout',
  parameters: Type.Object({ rate: rate('the learning rate') }, { additionalProperties: false }),
  create: ({ rate }) => Object.assign(() => rate, { span: { steps: 0, ends: true } }),
});
