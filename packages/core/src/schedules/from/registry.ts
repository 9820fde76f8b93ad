import { resolveSchedule } from '../resolve.js';
import type { Schedule, ScheduleSpec } from '../schedule.js';
import { huggingface } from './huggingface.js';
import { keras } from './keras.js';
import { optax } from './optax.js';
import { pytorch } from './pytorch.js';
import { timm } from './timm.js';

/**
 * Makes the schedule that another library would make, with that library's edges: which side a boundary belongs to, what a number of
 * steps includes, where a phase ends, what comes after the end.
 *
 * @param name that library's name for it: a class, a function, or a name of `get_scheduler`
 * @param parameters its arguments in that library's spelling, with its defaults where left out or null; `lr` is the rate of the
 * optimizer, where the library takes that from there
 * @throws InputError for an unknown name or parameter, a missing or wrong value, and for what cannot be had, with the reason
 */
export type MakeForeign = (name: string, parameters: Readonly<Record<string, unknown>>) => Schedule;

const made =
  (translate: (...given: Parameters<MakeForeign>) => ScheduleSpec): MakeForeign =>
  (name, parameters) =>
    resolveSchedule(translate(name, parameters));

/** Schedules of other libraries: `from.pytorch('StepLR', { lr: 0.1, step_size: 30 })`. */
export const from = {
  /** Keras 3, `keras.optimizers.schedules`, by class name. */
  keras: made(keras),
  /** PyTorch, `torch.optim.lr_scheduler`, by class name. */
  pytorch: made(pytorch),
  /** optax, by the name of the function. */
  optax: made(optax),
  /** transformers, by the name in `get_scheduler`; specific arguments stand beside the others. */
  huggingface: made(huggingface),
  /** timm, `timm.scheduler`, by class name. */
  timm: made(timm),
} as const;
