import type { Static, TObject } from 'typebox';
import { InputError, notOneOf } from '../../errors.js';
import { resolveParameters } from '../parameters.js';
import type { ScheduleSpec } from '../schedule.js';

/** A schedule of another library. */
export interface ForeignKind<Parameters extends TObject = TObject> {
  /** Schema of its parameters, in that library's spelling and with its defaults. */
  readonly parameters: Parameters;
  /**
   * Expresses it as a schedule of lrfind.
   *
   * @throws InputError for parameters that do not fit together, or that lrfind does not support
   */
  toSpec(parameters: Static<Parameters>): ScheduleSpec;
}

/** Declares an entry; the types of its parameters are inferred. */
export function foreignKind<Parameters extends TObject>(
  parameters: Parameters,
  toSpec: (parameters: Static<Parameters>) => ScheduleSpec,
): ForeignKind {
  return { parameters, toSpec } as ForeignKind;
}

/** Every schedule of a library by its name. A text is the reason why one is not available. */
export type ForeignTable = Readonly<Record<string, ForeignKind | string>>;

/**
 * Translates a schedule of another library.
 *
 * @param library what messages call it
 * @param table its schedules
 * @param name in that library's spelling
 * @param given parameters in that library's spelling; null is Python's None and counts as left out
 * @throws InputError for an unknown name or parameter, a missing or wrong value, and a schedule that is not available
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
 * The lowest rate as a share of the highest.
 *
 * @param label what messages call the lowest rate
 * @throws InputError when only the highest is 0, so that no share exists
 */
export function shareOf(lowest: number, highest: number, label: string): number {
  if (highest > 0) return lowest / highest;
  if (lowest === 0) return 0;
  throw new InputError(`${label} must be 0 if the highest rate is 0; got ${lowest}`);
}
