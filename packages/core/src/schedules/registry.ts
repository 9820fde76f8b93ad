import { notOneOf } from '../errors.js';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { cosineRestarts } from './cosine-restarts.js';
import { cyclical } from './cyclical.js';
import { exponential } from './exponential.js';
import { inverseSqrt } from './inverse-sqrt.js';
import { inverseTime } from './inverse-time.js';
import { join } from './join.js';
import { oneCycle } from './one-cycle.js';
import { piecewiseConstant } from './piecewise-constant.js';
import { polynomial } from './polynomial.js';
import { product } from './product.js';
import type { ScheduleKind } from './schedule.js';
import { tanh } from './tanh.js';
import { warmup } from './warmup.js';
import { warmupStableDecay } from './warmup-stable-decay.js';

/** Every kind of schedule, in the order of help and docs. Add one as a file and an entry here. */
export const scheduleKinds: readonly ScheduleKind[] = [
  constant,
  exponential,
  inverseTime,
  piecewiseConstant,
  polynomial,
  cosine,
  cosineRestarts,
  warmupStableDecay,
  oneCycle,
  cyclical,
  inverseSqrt,
  tanh,
  warmup,
  join,
  product,
];

/**
 * Looks a kind of schedule up by its name.
 *
 * @throws InputError for an unknown name
 */
export function scheduleNamed(name: string): ScheduleKind {
  const kind = scheduleKinds.find((candidate) => candidate.name === name);
  if (kind) return kind;
  throw notOneOf(
    'schedule',
    scheduleKinds.map((entry) => entry.name),
    name,
  );
}
