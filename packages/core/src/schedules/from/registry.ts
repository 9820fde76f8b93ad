import { resolveSchedule } from '../resolve.js';
import type { Schedule, ScheduleSpec } from '../schedule.js';
import { huggingface } from './huggingface.js';
import { keras } from './keras.js';
import { optax } from './optax.js';
import { pytorch } from './pytorch.js';
import { timm } from './timm.js';

/**
 * Makes a schedule that equals another library's, including its edge cases: on which side of a boundary a step is,
 * whether a number of steps includes the warm-up, where a phase ends, and how the schedule continues after its end.
 *
 * @param name in that library: of a class, a function, or in `get_scheduler`
 * @param parameters in that library's spelling; a parameter that is left out or null has that library's default. If the
 *   library takes the rate from the optimizer, `lr` is that rate.
 * @throws InputError for an unknown name or parameter, a missing or wrong value, and a schedule that is not available
 *
 * @example
 * const schedule = from.pytorch('StepLR', { lr: 0.1, step_size: 30 });
 */
export type MakeForeign = (name: string, parameters: Readonly<Record<string, unknown>>) => Schedule;

const made =
  (translate: (...given: Parameters<MakeForeign>) => ScheduleSpec): MakeForeign =>
  (name, parameters) =>
    resolveSchedule(translate(name, parameters));

/**
 * Schedules of other libraries: `from.pytorch('StepLR', { lr: 0.1, step_size: 30 })`. Add a library as a file and an
 * entry here.
 */
export const from = {
  /** Keras 3 (`keras.optimizers.schedules`), by class name. */
  keras: made(keras),
  /** PyTorch (`torch.optim.lr_scheduler`), by class name. */
  pytorch: made(pytorch),
  /** optax, by function name. */
  optax: made(optax),
  /** Hugging Face transformers, by the name in `get_scheduler`; specific arguments go next to the common ones. */
  huggingface: made(huggingface),
  /** timm (`timm.scheduler`), by class name. */
  timm: made(timm),
} as const;
