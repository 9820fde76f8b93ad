import { asynchronousRungs } from './asynchronous-halving.js';
import type { CompareSettings } from './options.js';
import { rungs } from './pruning.js';

/**
 * What a comparison says of its halving, where there were too few evaluations to halve the trials until two were left.
 *
 * @param trials number of trials
 * @param evaluations number of evaluations of each training
 * @throws InputError when there is only one evaluation
 */
export function halvingNotes(halving: CompareSettings['halving'], trials: number, evaluations: number): string[] {
  if (!halving) return [];
  const isAsynchronous = halving === 'asynchronous';
  const found = (count: number) =>
    isAsynchronous ? asynchronousRungs(trials, count).length - 1 : rungs(trials, count).length;
  const halvings = found(evaluations);
  // With as many evaluations as nobody has, trials are halved as often as they can be.
  if (halvings === found(2 ** 52)) return [];
  const round = isAsynchronous ? Math.floor : Math.ceil;
  let left = trials;
  for (let i = 0; i < halvings; i++) left = round(left / 2);
  return [
    `halving: ${evaluations} evaluations of each training allow ${halvings === 1 ? 'one halving, which leaves' : `${halvings} halvings, which leave`} ${left} of ${trials} trials`,
  ];
}
