import type { SweptGroup } from '@lrfind/core/results';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { type SearchOptions, type SearchOutcome, type SearchStep, search } from './search.js';
import type { Session } from './session.js';

/** What `onStep` gets: a step of a sweep, and how far the search is. */
export interface StepEvent extends SearchStep {
  /** Name of the group whose weights alone are updated in this sweep; null in the sweeps of all layers. */
  readonly group: string | null;
  /** Number of the part of the search, from 0, and how many there are: all layers, then each group. */
  readonly part: number;
  readonly parts: number;
}

/** How to search with groups. */
export interface GroupedSearchOptions extends Omit<SearchOptions, 'group' | 'onStep'> {
  readonly onStep?: ((event: StepEvent) => void) | undefined;
}

/** What was measured in the sweeps of all layers, and in those of each group. */
export interface GroupedOutcome extends SearchOutcome {
  readonly groups: readonly SweptGroup[];
}

/**
 * Searches with all layers at the rates of their groups, and then once for each group of the session, with its weights alone. The
 * counts of steps and seconds are those of all sweeps. The loss on validation rows is measured in the sweeps of all layers only.
 *
 * @throws as `search`
 */
export async function searchGroups(
  session: Session,
  optimizer: ResolvedOptimizer,
  { heldOut, onStep, ...options }: GroupedSearchOptions,
): Promise<GroupedOutcome> {
  const parts = session.groups.length + 1;
  const onPart = (group: string | null, part: number) => (step: SearchStep) =>
    onStep?.({ ...step, group, part, parts });
  const whole = await search(session, optimizer, { ...options, heldOut, onStep: onPart(null, 0) });
  const outcomes: SearchOutcome[] = [];
  for (const [i, group] of session.groups.entries())
    outcomes.push(await search(session, optimizer, { ...options, group, onStep: onPart(group.name, i + 1) }));
  const sum = (of: (outcome: SearchOutcome) => number) =>
    [whole, ...outcomes].reduce((total, each) => total + of(each), 0);
  return {
    ...whole,
    steps: sum(({ steps }) => steps),
    seconds: sum(({ seconds }) => seconds),
    notes: [
      ...whole.notes,
      ...session.groups.flatMap(({ name }, i) => (outcomes[i]?.notes ?? []).map((note) => `group ${name}: ${note}`)),
    ],
    groups: session.groups.map(({ name, pattern, multiplier, layers, parameters }, i) => {
      const { conclusions, sweeps } = outcomes[i] as SearchOutcome;
      return { name, pattern, multiplier, layers: [...layers], parameters, ...conclusions, sweeps };
    }),
  };
}
