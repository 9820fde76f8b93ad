import type { SweepResult, SweptGroup } from '../results/sweep.js';
import { groupFlag } from './rate-groups.js';

/** What a search found for a group, next to what it was given. */
export interface GroupRate {
  readonly group: SweptGroup;
  /** The rate of the group alone over the rate that the search suggests; null where one of them is missing. */
  readonly ratio: number | null;
  /**
   * The multiplier that its curve asks for, in two digits: where the given one puts the suggested rate outside the interval in which
   * the group's best rate is expected. Null where the given one fits, where the rates are not known, and for the layers without a group.
   */
  readonly multiplier: number | null;
}

/** Each group of a search with its rate relative to that of the search; empty where there are no groups. */
export function groupRates({ suggestion, groups = [] }: Pick<SweepResult, 'suggestion' | 'groups'>): GroupRate[] {
  return groups.map((group) => {
    if (!suggestion || !group.suggestion) return { group, ratio: null, multiplier: null };
    const { learningRate, low, high } = group.suggestion;
    const ratio = learningRate / suggestion.learningRate;
    const now = suggestion.learningRate * group.multiplier;
    const fits = now >= low && now <= high;
    return { group, ratio, multiplier: fits || group.pattern === null ? null : Number(ratio.toPrecision(2)) };
  });
}

/**
 * The flags with the multipliers that the curves ask for, and the given ones where these fit: `--group "base*:0.03" --group "head:1"`.
 *
 * @returns null where all of the given ones fit
 */
export function groupsToTry(result: Pick<SweepResult, 'suggestion' | 'groups'>): string | null {
  const rates = groupRates(result);
  if (rates.every(({ multiplier }) => multiplier === null)) return null;
  return rates
    .flatMap(({ group: { pattern, multiplier: given }, multiplier }) =>
      pattern === null ? [] : [groupFlag(pattern, multiplier ?? given)],
    )
    .join(' ');
}
