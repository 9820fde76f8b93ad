import { InputError } from '../errors.js';

/** What tells runs apart, each as text. */
export interface RunParts {
  readonly model: string;
  readonly optimizer: string;
  readonly batchSize: string;
  readonly learningRate: string;
}

/**
 * Names for runs, made of what differs between them; where nothing does, of the learning rate.
 *
 * @param given names of the caller's, which stay
 * @throws InputError when two runs would bear one name, because they are alike or were called so
 */
export function runNames(runs: readonly RunParts[], given: readonly (string | undefined)[]): string[] {
  const parts = ['model', 'optimizer', 'learningRate', 'batchSize'] as const;
  const differing = parts.filter((part) => new Set(runs.map((run) => run[part])).size > 1);
  const shown = differing.length > 0 ? differing : (['learningRate'] as const);
  const names = runs.map((run, i) => given[i] ?? shown.map((part) => run[part]).join(', '));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new InputError(`two runs are called "${twice}"; each must differ from the others, or have a name of its own`);
  return names;
}
