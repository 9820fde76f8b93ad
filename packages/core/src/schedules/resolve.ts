import { InputError } from '../errors.js';
import { isObject } from '../json.js';
import { keras, kerasClass } from './from/keras.js';
import { makeSchedule, ownSchedule } from './make.js';
import type { Schedule, ScheduleSpec } from './schedule.js';
import { parseSchedule } from './text/parse.js';

/**
 * Makes a schedule of whatever describes one.
 *
 * The schedule gives a float64 for every step, whole or not; before step 0 what it gives at 0. It throws an InputError where a
 * rate would not be a finite number of at least 0, which only a caller's own function or growth without end can bring about.
 *
 * @param spec a number, a text, a function, a schedule, a config, or Keras's serialized form
 * @throws InputError for an unknown name, or for a parameter that is unknown, missing, of the wrong type or out of range, saying
 * what came and what is allowed; for a text, with a mark under the place
 */
export function resolveSchedule(spec: ScheduleSpec): Schedule {
  return fromAnything(spec);
}

function fromAnything(spec: unknown): Schedule {
  if (typeof spec === 'number') return makeSchedule('constant', { rate: spec }, fromAnything);
  if (typeof spec === 'string') return parseSchedule(spec);
  if (typeof spec === 'function') return ownSchedule(spec as Schedule);
  if (isObject(spec)) {
    const { name, class_name: className, config } = spec;
    if (typeof className === 'string') return fromAnything(keras(className, isObject(config) ? config : {}));
    if (typeof name === 'string') {
      const { name: _, ...parameters } = spec;
      // Keras's get_config() has no class, but a name that follows from it unless its user gave another.
      const known = kerasClass(name);
      if (known) return fromAnything(keras(known, isObject(config) ? config : parameters));
      return makeSchedule(name, parameters, fromAnything);
    }
  }
  throw new InputError(
    `a schedule must be a rate, a text such as "cosine(0.1, steps=1000)", a function from step to rate, an object with a name such as {"name":"cosine","rate":0.1,"steps":1000}, or Keras's {"class_name":…,"config":…}; came ${JSON.stringify(spec) ?? typeof spec}`,
  );
}
