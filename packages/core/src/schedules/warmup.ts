import Type from 'typebox';
import { flag, rate, schedule, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * start + (target − start) · t / steps while t < steps; then the schedule, at t − steps, or at t with `overlap`, as timm does
 * without warmup_prefix. Linear warm-up (Goyal et al., 2017).
 */
export const warmup = scheduleKind({
  name: 'warmup',
  summary: 'a straight line up to the rate at which another schedule takes over',
  parameters: Type.Object(
    {
      schedule: schedule('what follows'),
      steps: steps('steps of the warm-up'),
      start: rate('learning rate at step 0', 0),
      overlap: flag(
        false,
        'whether the schedule has been running all the while; otherwise it begins after the warm-up',
      ),
      target: Type.Optional(
        rate(
          'rate at which the warm-up aims; left out, that with which the schedule takes over, so that nothing jumps',
        ),
      ),
    },
    { additionalProperties: false },
  ),
  create({ schedule, steps, start, overlap, target }) {
    const inner = (t: number) => (overlap ? t : Math.max(0, t - steps));
    const aim = target ?? schedule(inner(steps));
    const { momentum, span } = schedule;
    const until = (end: number) => (overlap ? Math.max(steps, end) : steps + end);
    return Object.assign(
      (t: number) => (t < steps ? start + (aim - start) * (t / steps) : schedule(inner(t))),
      momentum && { momentum: (t: number) => momentum(inner(t)) },
      span && { span: { ...span, steps: until(span.steps) } },
    );
  },
});
