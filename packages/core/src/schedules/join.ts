import * as Type from 'typebox';
import { InputError } from '../errors.js';
import { assertIncreasing, boundaries, schedules } from './parameters.js';
import { type Schedule, scheduleKind } from './schedule.js';

/**
 * schedules[0] before at[0], and schedules[i] from at[i − 1] on. Each schedule counts its steps from its own boundary,
 * as in optax's join_schedules and PyTorch's SequentialLR.
 */
export const join = scheduleKind({
  name: 'join',
  summary: 'one schedule after another, each starting from its own step 0',
  rest: 'schedules',
  parameters: Type.Object(
    {
      schedules: schedules('the schedules, one more than boundaries'),
      at: boundaries('the boundaries: steps at which the next schedule begins, rising'),
    },
    { additionalProperties: false },
  ),
  lengthWithin({ at }, length, index) {
    const boundaries = Array.isArray(at) ? at.map(Number) : [];
    const until = boundaries[index] ?? length;
    return until === undefined ? undefined : until - (boundaries[index - 1] ?? 0);
  },
  create({ schedules, at }) {
    assertIncreasing('join.at', at);
    if (schedules.length !== at.length + 1) {
      throw new InputError(
        `join.schedules must have one more entry than the boundaries; got ${schedules.length} schedules and ${at.length} boundaries`,
      );
    }
    const along = (functions: readonly ((step: number) => number)[]) => (t: number) => {
      const i = at.filter((boundary) => t >= boundary).length;
      return (functions[i] as Schedule)(i === 0 ? t : t - (at[i - 1] as number));
    };
    const momenta = schedules.flatMap(({ momentum }) => momentum ?? []);
    const { span: last, extent } = schedules.at(-1) as Schedule;
    const from = at.at(-1) ?? 0;
    return Object.assign(
      along(schedules),
      // Without a momentum in each part, the momentum of some steps would be undefined.
      momenta.length === schedules.length && { momentum: along(momenta) },
      last && { span: { ...last, steps: Math.max(0, from + last.steps) } },
      { extent: extent ? { ...extent, steps: from + extent.steps } : { steps: from, spent: false } },
    );
  },
});
