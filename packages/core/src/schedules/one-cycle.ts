import * as Type from 'typebox';
import { choice } from '../options.js';
import { flag, momentum, positive, rate, trainingSteps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/** The value between a and b after a share p of the phase. */
const shapes = {
  cosine: (a: number, b: number, p: number) => b + ((a - b) / 2) * (1 + Math.cos(Math.PI * p)),
  linear: (a: number, b: number, p: number) => (b - a) * p + a,
};

/** A phase of the cycle. */
interface Phase {
  /** Its last step. */
  readonly until: number;
  /** At its first and last step. */
  readonly rate: readonly [number, number];
  /** At its first and last step. */
  readonly momentum: readonly [number, number];
}

/**
 * From rate / divFactor up to the rate, and down to far below where it began; the momentum moves in the opposite
 * direction (Smith and Topin, 2017). Phases end where those of PyTorch's OneCycleLR do: at pctStart · steps − 1 and at
 * the last step, steps − 1; with three phases also at 2 · pctStart · steps − 2.
 */
export const oneCycle = scheduleKind({
  name: 'one-cycle',
  summary: 'up to the rate and down to far below its start, with the opposite for the momentum (1cycle)',
  parameters: Type.Object(
    {
      rate: rate('the highest learning rate'),
      steps: trainingSteps('steps of the whole training', 1),
      pctStart: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: 'share of the steps in which the rate rises',
      }),
      shape: choice(['cosine', 'linear'], { default: 'cosine', description: 'curve along which the rate moves' }),
      divFactor: positive(25, 'ratio of the highest rate to the first'),
      finalDivFactor: positive(1e4, 'ratio of the first rate to the last'),
      threePhase: flag(false, 'whether the rate first falls back to the first rate, in as many steps as it rose'),
      cycleMomentum: flag(true, 'whether the schedule sets the momentum too'),
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
      // An empty phase ends where it begins; PyTorch divides by zero there.
      return shapes[shape](...ends, until === from ? 1 : (step - from) / (until - from));
    };
    return Object.assign(along('rate'), cycleMomentum && { momentum: along('momentum') }, {
      span: { steps: steps - 1, ends: true },
      extent: { steps: steps - 1, spent: true },
    });
  },
});
