import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { notAllowed, unknownOption } from './errors.js';

/** A schema option that allows no properties besides the declared ones. */
export const closed = { additionalProperties: false } as const;

/**
 * Declares an option that takes one of a few words.
 *
 * @param words the allowed values
 * @param options description, and the default if there is one
 */
export function choice<Word extends string>(words: readonly Word[], options: { default?: Word; description: string }) {
  return Type.Unsafe<Word>(Type.String({ enum: [...words], ...options }));
}

/**
 * Checks options against their schema and fills in the defaults.
 *
 * @param schema the declared options
 * @param given the caller's options; `undefined` counts as left out
 * @param label what messages call an option, such as its flag; by default its name
 * @returns every option that was given or has a default
 * @throws InputError for an unknown option, and for a value that its schema does not allow; whole numbers are at most
 *   2^53 − 1, beyond which a number stands for its neighbours too
 */
export function resolveOptions<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  label: (name: string) => string = (name) => name,
): Static<Schema> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw notAllowed('options', 'an object', given);
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of present) {
    const option = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (!option) throw unknownOption(label(name), Object.keys(schema.properties).map(label));
    if (!Value.Check(option, value)) throw notAllowed(label(name), allowed(option), value);
    const unsafe = unsafeInteger(option, value);
    if (unsafe !== undefined)
      throw notAllowed(label(name), `${allowed(option)}, and at most ${Number.MAX_SAFE_INTEGER}`, unsafe);
  }
  return Value.Default(schema, Object.fromEntries(present)) as Static<Schema>;
}

/** A whole number beyond 2^53 − 1, which stands for its neighbours too; within a list as well. */
function unsafeInteger(option: TSchema, value: unknown): unknown {
  const { type, items } = option as Limits;
  if (type === 'array' && items) return (value as unknown[]).find((item) => unsafeInteger(items, item) !== undefined);
  return type === 'integer' && !Number.isSafeInteger(value) ? value : undefined;
}

/** The parts of a schema that limit a value. */
interface Limits {
  readonly type?: string;
  /** The allowed values in words, when the other parts do not express them. */
  readonly allowed?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: TSchema;
}

/** The values that a schema allows, in words: `a whole number at least 2`. */
export function allowed(schema: TSchema): string {
  const { type, allowed: own, enum: words, items, ...limits } = schema as Limits;
  if (own) return own;
  if (words) return `one of ${words.join(', ')}`;
  if (type === 'array') return `a list, each ${allowed(items as TSchema)}`;
  if (type !== 'number' && type !== 'integer') return type === 'boolean' ? 'true or false' : 'text';
  const bounds = [
    limits.minimum !== undefined && `at least ${limits.minimum}`,
    limits.exclusiveMinimum !== undefined && `above ${limits.exclusiveMinimum}`,
    limits.maximum !== undefined && `at most ${limits.maximum}`,
    limits.exclusiveMaximum !== undefined && `below ${limits.exclusiveMaximum}`,
  ].filter(Boolean);
  const noun = type === 'integer' ? 'a whole number' : 'a number';
  return bounds.length ? `${noun} ${bounds.join(' and ')}` : noun;
}
