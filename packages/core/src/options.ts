import type { Static, TObject, TSchema } from 'typebox';
import * as Type from 'typebox';
import { Check, Errors } from 'typebox/schema';
import { allowed, type Limits } from './allowed.js';
import { InputError, notAllowed, shownValue, suggestion, unknownOption } from './errors.js';

export { allowed } from './allowed.js';

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
 * Declares an object whose properties have any names. TypeBox's own `Record` does the same, and brings an engine that computes types,
 * which is as large as all the rest of TypeBox that is used here.
 *
 * @param value the declared value of each property
 * @param options description and the like
 */
export function record<Value extends TSchema>(value: Value, options: object = {}) {
  return Type.Unsafe<Record<string, Static<Value>>>({
    type: 'object',
    patternProperties: { '^.*$': value },
    ...options,
  });
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
    if (!Check(option, value)) throw notAllowed(label(name), allowed(option), value);
    const unsafe = unsafeInteger(option, value);
    if (unsafe !== undefined)
      throw notAllowed(label(name), `${allowed(option)}, and at most ${Number.MAX_SAFE_INTEGER}`, unsafe);
  }
  const missing = Object.entries<{ readonly default?: unknown }>(schema.properties).filter(
    ([name, option]) => option.default !== undefined && !present.some(([each]) => each === name),
  );
  // A list of each caller's own.
  const defaults = missing.map(([name, { default: standard }]) => [
    name,
    Array.isArray(standard) ? [...standard] : standard,
  ]);
  return Object.fromEntries([...present, ...defaults]) as Static<Schema>;
}

/** A whole number beyond 2^53 − 1, which stands for its neighbours too; within a list as well. */
function unsafeInteger(option: TSchema, value: unknown): unknown {
  const { type, items } = option as Limits;
  if (type === 'array' && items)
    return (value as unknown[]).find((item) => unsafeInteger(items as TSchema, item) !== undefined);
  return type === 'integer' && !Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Checks a document that was read from a file.
 *
 * @param schema the declared document
 * @param value the parsed JSON
 * @param what start of messages, such as `sweep.json is a damaged sweep`
 * @param at place of the value in the whole document, as a JSON pointer; by default the value is the whole document
 * @throws InputError with the place of the first mistake as a JSON pointer, what is allowed there, and the value
 *
 * @example
 * // model.json: /weightsManifest/0/weights/2/shape must be a list, each a whole number at least 0; got "2,3"
 * checkDocument(WeightsManifest, json.weightsManifest, 'model.json', '/weightsManifest');
 */
export function checkDocument<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  what: string,
  at = '',
): asserts value is Static<Schema> {
  if (Check(schema, value)) return;
  // A property that is not declared is also reported by itself, with nothing about what is.
  const errors = Errors(schema, value)[1].filter(({ keyword }) => keyword !== 'boolean');
  // Of a union every part complains. The deepest complaint is that of the part that was meant; at one depth it is the one
  // about properties, since only a part that is an object has any, and then the union's.
  const depth = Math.max(...errors.map(({ instancePath }) => instancePath.split('/').length));
  const deepest = errors.filter(({ instancePath }) => instancePath.split('/').length === depth);
  const order = ['required', 'additionalProperties', 'anyOf'];
  const keyword = order.find((each) => deepest.some((error) => error.keyword === each));
  const error = deepest.find((each) => keyword === undefined || each.keyword === keyword);
  const { instancePath, schemaPath, params } = error as (typeof errors)[0];
  const { requiredProperties, additionalProperties } = params as Readonly<Record<string, string[] | undefined>>;
  const place = `${what}: ${at}${instancePath || (at ? '' : '/')}`;
  const broken = pointed(schema, schemaPath.slice(1)) as TSchema;
  const { properties = {} } = broken as { readonly properties?: Readonly<Record<string, TSchema>> };
  const [missing] = requiredProperties ?? [];
  if (missing !== undefined)
    throw new InputError(`${place} must have ${missing}: ${allowed(properties[missing] as TSchema)}`);
  const [extra] = additionalProperties ?? [];
  if (extra !== undefined)
    throw new InputError(`${place} must not have ${shownValue(extra)}${suggestion(extra, Object.keys(properties))}`);
  throw notAllowed(place, allowed(broken), pointed(value, instancePath));
}

/** The part of a value that a JSON pointer names. */
function pointed(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}
