import * as Type from 'typebox';
import { flag, rate, schedule, steps } from './parameters.js';
import { scheduleKind } from './schedule.js';

/**
 * start + (target − start) · t / steps for t < steps; then the schedule at t − steps, or at t with `overlap` (timm's
 * warmup_prefix=False). Linear warm-up (Goyal et al., 2017).
 */
export const warmup = scheduleKind({
  name: 'warmup',
  summary: 'a linear warm-up, followed by another schedule',
  parameters: Type.Object(
    {
      schedule: schedule('the schedule after the warm-up'),
      steps: steps('steps of the warm-up'),
      start: rate('learning rate at step 0', 0),
      overlap: flag(false, 'whether the schedule also runs during the warm-up; otherwise it begins after it'),
      target: Type.Optional(
        rate('rate at the end of the warm-up; by default the rate with which the schedule continues'),
      ),
    },
    { additionalProperties: false },
  ),
  lengthWithin: ({ steps, overlap }, length) =>
    overlap === true || length === undefined || typeof steps !== 'number' ? length : length - steps,
  create({ schedule, steps, start, overlap, target }) {
    const inner = (t: number) => (overlap ? t : Math.max(0, t - steps));
    const end = target ?? schedule(inner(steps));
    const { momentum, span, extent } = schedule;
    const until = (innerSteps: number) => (overlap ? Math.max(steps, innerSteps) : steps + innerSteps);
    return Object.assign(
      (t: number) => (t < steps ? start + (end - start) * (t / steps) : schedule(inner(t))),
      momentum && { momentum: (t: number) => momentum(inner(t)) },
      span && { span: { ...span, steps: until(span.steps) } },
      { extent: extent ? { ...extent, steps: until(extent.steps) } : { steps, spent: false } },
    );
  },
});
