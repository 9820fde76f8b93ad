import { InputError, shownValue } from '../errors.js';
import { isObject } from '../json.js';
import { keras, kerasClass } from './from/keras.js';
import { customSchedule, makeSchedule } from './make.js';
import type { Schedule, ScheduleSpec } from './schedule.js';
import { parseSchedule } from './text/parse.js';

/**
 * Makes a schedule from any description of one.
 *
 * The schedule takes whole and fractional steps. Before step 0 it gives its rate at step 0. It throws an InputError if
 * a rate is not a finite number at least 0, which can only happen with a custom function or with unlimited growth.
 *
 * @param spec a number, a text, a function, a schedule, a config, or Keras's serialized form
 * @param length steps of the training for which `steps` may be `auto`, or left out
 * @throws InputError for an unknown name, and for a parameter that is unknown, missing, of the wrong type or out of
 *   range; for a text, with a mark under the position
 *
 * @example
 * const schedule = resolveSchedule('cosine(0.1, steps=1000, warmup=100)');
 * schedule(100); // 0.1
 */
export function resolveSchedule(spec: ScheduleSpec, length?: number): Schedule {
  return fromAnything(spec, length);
}

function fromAnything(spec: unknown, length?: number): Schedule {
  if (typeof spec === 'number') return makeSchedule('constant', { rate: spec }, fromAnything);
  if (typeof spec === 'string') return parseSchedule(spec, length);
  if (typeof spec === 'function') return customSchedule(spec as Schedule);
  if (isObject(spec)) {
    const { name, class_name: className, config } = spec;
    if (typeof className === 'string') return fromAnything(keras(className, isObject(config) ? config : {}));
    if (typeof name === 'string') {
      const { name: _, ...parameters } = spec;
      // Keras's get_config() contains no class, but its default name is that of the class.
      const known = kerasClass(name);
      if (known) return fromAnything(keras(known, isObject(config) ? config : parameters));
      return makeSchedule(name, parameters, fromAnything, length);
    }
  }
  throw new InputError(
    `a schedule must be a rate, a text such as "cosine(0.1, steps=1000)", a function from step to rate, an object with a name such as {"name":"cosine","rate":0.1,"steps":1000}, or Keras's {"class_name":…,"config":…}; got ${shownValue(spec)}`,
  );
}
