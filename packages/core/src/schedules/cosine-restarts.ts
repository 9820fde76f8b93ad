import Type from 'typebox';
import { rate, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * Half cosines one after another: the i-th is `tMul`^i times as long as the first and `mMul`^i times as high above the floor
 * alpha · rate, which stays. Keras's CosineDecayRestarts (SGDR; Loshchilov and Hutter, 2017).
 */
export const cosineRestarts = scheduleKind({
  name: 'cosine-restarts',
  summary: 'half cosines one after another, each longer and lower if wanted',
  parameters: Type.Object(
    {
      rate: rate('learning rate at step 0'),
      steps: steps('steps of the first cosine'),
      tMul: Type.Number({ minimum: 1, default: 2, description: 'length of a cosine over that of the one before' }),
      mMul: rate('height of a cosine over that of the one before', 1),
      alpha: rate('rate at the end of each cosine, as a share of the first rate', 0),
    },
    { additionalProperties: false },
  ),
  create: ({ rate, steps, tMul, mMul, alpha }) => {
    const startOf = (i: number) => steps * (tMul === 1 ? i : (tMul ** i - 1) / (tMul - 1));
    const curve = (t: number) => {
      const guess = tMul === 1 ? t / steps : Math.log(1 + (t / steps) * (tMul - 1)) / Math.log(tMul);
      // At a restart a logarithm may fall short of its whole number, which would give the end of the cosine before.
      let i = Math.floor(guess);
      if (startOf(i + 1) <= t) i++;
      else if (startOf(i) > t) i--;
      const fraction = (t - startOf(i)) / (startOf(i + 1) - startOf(i));
      return rate * ((1 - alpha) * 0.5 * mMul ** i * (1 + Math.cos(Math.PI * fraction)) + alpha);
    };
    return Object.assign(curve, { span: { steps: startOf(3), ends: false } });
  },
});
