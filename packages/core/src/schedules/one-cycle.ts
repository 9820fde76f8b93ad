import Type from 'typebox';
import { choice } from '../options.js';
import { flag, momentum, positive, rate } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** From a to b by a share p of the way. */
const shapes = {
  cosine: (a: number, b: number, p: number) => b + ((a - b) / 2) * (1 + Math.cos(Math.PI * p)),
  linear: (a: number, b: number, p: number) => (b - a) * p + a,
};

/** A stretch of the cycle, up to and with the step `until`. Rates and momenta as [first, last]. */
interface Phase {
  readonly until: number;
  readonly rate: readonly [number, number];
  readonly momentum: readonly [number, number];
}

/**
 * Up to the rate and far down again, the momentum the other way (Smith and Topin, 2017). Phases end at the steps of PyTorch's
 * OneCycleLR: pctStart · steps − 1, with three phases 2 · pctStart · steps − 2, and steps − 1, the last step.
 */
export const oneCycle = scheduleKind({
  name: 'one-cycle',
  summary: 'up to the rate and far below where it began, the momentum the other way (1cycle)',
  parameters: Type.Object(
    {
      rate: rate('the highest learning rate'),
      steps: Type.Number({ minimum: 1, description: 'steps of the whole training' }),
      pctStart: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: 'share of the steps in which the rate rises',
      }),
      shape: choice(['cosine', 'linear'], { default: 'cosine', description: 'along what the rate moves' }),
      divFactor: positive(25, 'the highest rate over the first'),
      finalDivFactor: positive(1e4, 'the first rate over the last'),
      threePhase: flag(false, 'whether the way down first returns, as long as the rise, to the first rate'),
      cycleMomentum: flag(true, 'whether there is a momentum to each step'),
      baseMomentum: momentum(0.85, 'momentum at the highest rate'),
      maxMomentum: momentum(0.95, 'momentum at both ends'),
    },
    { additionalProperties: false },
  ),
  create({
    rate,
    steps,
    pctStart,
    shape,
    divFactor,
    finalDivFactor,
    threePhase,
    cycleMomentum,
    baseMomentum,
    maxMomentum,
  }) {
    const first = rate / divFactor;
    const last = first / finalDivFactor;
    const up: Phase = { until: pctStart * steps - 1, rate: [first, rate], momentum: [maxMomentum, baseMomentum] };
    const down: readonly Phase[] = threePhase
      ? [
          { until: 2 * pctStart * steps - 2, rate: [rate, first], momentum: [baseMomentum, maxMomentum] },
          { until: steps - 1, rate: [first, last], momentum: [maxMomentum, maxMomentum] },
        ]
      : [{ until: steps - 1, rate: [rate, last], momentum: [baseMomentum, maxMomentum] }];
    const phases = [up, ...down];
    const along = (what: 'rate' | 'momentum') => (t: number) => {
      const step = Math.min(t, steps - 1);
      const found = phases.findIndex(({ until }) => step <= until);
      const i = found < 0 ? phases.length - 1 : found;
      const { until, [what]: ends } = phases[i] as Phase;
      const from = i === 0 ? 0 : (phases[i - 1] as Phase).until;
      // A phase without length is over when it begins; PyTorch divides by zero there.
      return shapes[shape](...ends, until === from ? 1 : (step - from) / (until - from));
    };
    return Object.assign(along('rate'), cycleMomentum && { momentum: along('momentum') }, {
      span: { steps: steps - 1, ends: true },
    });
  },
});
