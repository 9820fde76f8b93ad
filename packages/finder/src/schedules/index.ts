import { InputError, nearest } from '../errors.js';
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
import type { ScheduleKind } from './schedule-kind.js';
import { tanh } from './tanh.js';
import { warmup } from './warmup.js';
import { warmupStableDecay } from './warmup-stable-decay.js';

/** Every kind of schedule, in the order in which help and docs list them. A new one is a file and a row here. */
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
 * The row of that name.
 *
 * @throws InputError for an unknown name, with the nearest and all that exist
 */
export function scheduleNamed(name: string): ScheduleKind {
  const kind = scheduleKinds.find((candidate) => candidate.name === name);
  if (kind) return kind;
  const names = scheduleKinds.map((row) => row.name);
  const guess = nearest(name, names);
  throw new InputError(
    `unknown schedule ${JSON.stringify(name)}; ${guess ? `did you mean ${guess}? ` : ''}Schedules: ${names.join(', ')}`,
  );
}
