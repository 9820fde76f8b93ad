import Type from 'typebox';
import { flag, positive, rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * (rate − end)(1 − p)^power + end with p = (min(t, steps) / steps)^kDecay; linear by default, and rising where end lies
 * above rate. With `cycle` the length grows to the next multiple of itself when it is over. Keras's PolynomialDecay; kDecay is
 * that of Zhang and Li (2020, "k-decay"), as timm has it.
 */
export const polynomial = scheduleKind({
  name: 'polynomial',
  summary: 'from one rate to another: in a straight line, or along a power of it',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: steps('steps until the end'),
      end: rate('learning rate at the end and after it', 1e-4),
      power: rate('power of what is left: 1 is a straight line', 1),
      cycle: flag(false, 'whether the way starts anew, stretched, whenever it is over'),
      kDecay: positive(1, 'power of the progress: above 1 the rate stays high for longer'),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, steps, end, power, cycle, kDecay }) => {
    // At a multiple of the length the rate is the end; only the step after it starts anew. Keras counts so.
    const length = (t: number) => (cycle ? steps * Math.max(1, Math.ceil(t / steps)) : steps);
    return Object.assign((t: number) => (rate - end) * (1 - Math.min(1, t / length(t)) ** kDecay) ** power + end, {
      span: cycle ? { steps: 3 * steps, ends: false } : { steps, ends: true },
    });
  },
});
