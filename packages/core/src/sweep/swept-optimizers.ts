import { notAllowed, notOneOf } from '../errors.js';
import type { SweptOptimizer } from './suggest/method.js';

/**
 * What the analysis has to know of optimizers that it does not run itself, by name: whether they average gradients over steps, and the rate
 * that suits many models. A test compares it with lrfind's own optimizers.
 */
export const sweptOptimizers: Readonly<Record<string, SweptOptimizer>> = {
  sgd: { averaging: false },
  momentum: { averaging: true },
  nesterov: { averaging: true },
  rmsprop: { averaging: true, usualRate: 0.003 },
  adagrad: { averaging: false },
  adadelta: { averaging: true },
  adam: { averaging: true, usualRate: 0.003 },
  adamw: { averaging: true, usualRate: 0.003 },
  adamax: { averaging: true, usualRate: 0.005 },
  nadam: { averaging: true, usualRate: 0.003 },
  lion: { averaging: true, usualRate: 0.0005 },
  muon: { averaging: true },
  'schedule-free-sgd': { averaging: true },
  'schedule-free-adamw': { averaging: true },
  momo: { averaging: true },
  'momo-adam': { averaging: true },
  prodigy: { averaging: true },
  dog: { averaging: false },
};

/** An optimizer of a loop that lrfind does not run, by its name. */
export interface NamedSweptOptimizer extends SweptOptimizer {
  readonly name: string;
}

/** An optimizer of which nothing is known: the answer is read from the curve alone. */
const UNKNOWN = 'unknown';

/**
 * The optimizer of a loop that lrfind does not run.
 *
 * @param given its name, in any case, with underscores or nothing in place of hyphens (`AdamW`), or what is known of another one:
 *   `{ name: 'sophia', averaging: true }`; undefined where it is not known, which counts as one that does not average
 * @throws InputError for a name that is not in the table
 */
export function sweptOptimizer(given: string | NamedSweptOptimizer | undefined): NamedSweptOptimizer {
  if (given === undefined) return { name: UNKNOWN, averaging: false };
  if (typeof given === 'object' && given !== null) return checked(given);
  const names = Object.keys(sweptOptimizers);
  const wanted = String(given).toLowerCase();
  const name = names.find((own) => ['-', '_', ''].some((joint) => own.replaceAll('-', joint) === wanted));
  if (typeof given !== 'string' || name === undefined) throw notOneOf('optimizer', names, given);
  return { name, ...(sweptOptimizers[name] as SweptOptimizer) };
}

function checked(given: NamedSweptOptimizer): NamedSweptOptimizer {
  const { name, averaging, usualRate } = given;
  if (typeof name !== 'string' || name === '') throw notAllowed('optimizer.name', 'a text', name);
  if (typeof averaging !== 'boolean') throw notAllowed('optimizer.averaging', 'true or false', averaging);
  if (usualRate !== undefined && !(typeof usualRate === 'number' && usualRate > 0 && Number.isFinite(usualRate)))
    throw notAllowed('optimizer.usualRate', 'a number above 0', usualRate);
  return { name, averaging, ...(usualRate !== undefined && { usualRate }) };
}
