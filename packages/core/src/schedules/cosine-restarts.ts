import * as Type from 'typebox';
import { rate, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * Half cosines one after another. The i-th is `tMul`^i times as long as the first, and `mMul`^i times as high above the
 * constant floor alpha · rate. Keras's CosineDecayRestarts (SGDR; Loshchilov and Hutter, 2017).
 */
export const cosineRestarts = scheduleKind({
  name: 'cosine-restarts',
  summary: 'half cosines one after another; each may be longer and lower than the one before',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: trainingSteps('steps of the first cosine'),
      tMul: Type.Number({
        minimum: 1,
        default: 2,
        description: 'ratio of the length of a cosine to that of the one before',
      }),
      mMul: rate('ratio of the height of a cosine to that of the one before', 1),
      alpha: rate('rate at the end of each cosine, as a share of the first rate', 0),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, steps, tMul, mMul, alpha }) => {
    const startOf = (i: number) => steps * (tMul === 1 ? i : (tMul ** i - 1) / (tMul - 1));
    const curve = (t: number) => {
      const cycle = tMul === 1 ? t / steps : Math.log(1 + (t / steps) * (tMul - 1)) / Math.log(tMul);
      // At a restart, rounding may put the logarithm just below a whole number, and so into the previous cosine.
      let i = Math.floor(cycle);
      if (startOf(i + 1) <= t) i++;
      else if (startOf(i) > t) i--;
      const fraction = (t - startOf(i)) / (startOf(i + 1) - startOf(i));
      return rate * ((1 - alpha) * 0.5 * mMul ** i * (1 + Math.cos(Math.PI * fraction)) + alpha);
    };
    return Object.assign(curve, { span: { steps: startOf(3), ends: false }, extent: { steps, spent: false } });
  },
});
