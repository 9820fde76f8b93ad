import { InputError } from '../errors.js';

/** The parts by which trials may differ, as text. */
export interface TrialParts {
  readonly model: string;
  readonly optimizer: string;
  readonly batchSize: string;
  readonly learningRate: string;
  /** Empty for none. */
  readonly callbacks: string;
}

/**
 * Names trials after the parts in which they differ, or after the learning rate if they do not differ. The callbacks of a
 * trial stand beside its rate, which they change.
 *
 * @param trials the parts of each trial
 * @param given the caller's names, which are kept; `undefined` for a trial without one
 * @throws InputError when two trials would have the same name
 */
export function trialNames(trials: readonly TrialParts[], given: readonly (string | undefined)[]): string[] {
  const parts = ['model', 'optimizer', 'learningRate', 'callbacks', 'batchSize'] as const;
  const differ = (part: keyof TrialParts) => new Set(trials.map((trial) => trial[part])).size > 1;
  const none = !parts.some(differ);
  const shown = parts.filter((part) => differ(part) || (part === 'learningRate' && (none || differ('callbacks'))));
  const nameOf = (trial: TrialParts) => shown.flatMap((part) => trial[part] || []).join(', ');
  const names = trials.map((trial, i) => given[i] ?? nameOf(trial));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined)
    throw new InputError(`two trials are called "${twice}": each must differ from the others, or have its own name`);
  return names;
}
