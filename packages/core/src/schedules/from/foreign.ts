import type { Static, TObject } from 'typebox';
import { InputError, notOneOf } from '../../errors.js';
import { resolveParameters } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';

/** A schedule of another library: its parameters in that library's spelling, with its defaults, and what it is here. */
export interface ForeignKind<Parameters extends TObject = TObject> {
  readonly parameters: Parameters;
  /** @throws InputError for parameters that do not fit together, or that cannot be had here */
  toSpec(parameters: Static<Parameters>): ScheduleSpec;
}

/** Declares a row with its parameters' types inferred. */
export function foreignKind<Parameters extends TObject>(
  parameters: Parameters,
  toSpec: (parameters: Static<Parameters>) => ScheduleSpec,
): ForeignKind {
  return { parameters, toSpec } as ForeignKind;
}

/** All names of a library: what each is here, or why it cannot be had, as a sentence's end after "is not available: ". */
export type ForeignTable = Readonly<Record<string, ForeignKind | string>>;

/**
 * Expresses another library's schedule by those of this one.
 *
 * @param library how messages call it
 * @param name in that library's spelling
 * @param given its parameters in that library's spelling; `null` is Python's None and counts as left out
 * @throws InputError for a name or parameter that the library does not have, a missing or wrong value, or a name that is refused
 */
export function translate(
  library: string,
  table: ForeignTable,
  name: string,
  given: Readonly<Record<string, unknown>>,
): ScheduleSpec {
  const names = Object.keys(table).filter((known) => typeof table[known] !== 'string');
  const kind = Object.hasOwn(table, name) ? table[name] : undefined;
  if (typeof kind === 'string') throw new InputError(`${library}: ${name} is not available: ${kind}`);
  if (!kind) throw notOneOf(`a schedule of ${library}`, names, name);
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  return kind.toSpec(resolveParameters(kind.parameters, present, (parameter) => `${name}.${parameter}`));
}

/**
 * A lowest rate as a share of the highest, as the kinds want it.
 *
 * @throws InputError where the highest is 0 and the lowest is not: there is no such share
 */
export function shareOf(lowest: number, highest: number, label: string): number {
  if (highest > 0) return lowest / highest;
  if (lowest === 0) return 0;
  throw new InputError(`${label} must be 0 where the rate that it bounds is 0; got ${lowest}`);
}
