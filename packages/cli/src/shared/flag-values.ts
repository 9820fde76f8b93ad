import { InputError, notAllowed } from '@lrfind/core';
import { allowed, resolveOptions } from '@lrfind/core/options';
import type { Static, TObject, TSchema } from 'typebox';
import { Check } from 'typebox/schema';
import { type FlagSchema, flagName, flagOf } from './flags.js';

/**
 * The options of a schema, from what commander collected: text converted to the declared types, checked, and defaults
 * filled in by the function that the library uses too.
 *
 * @throws InputError naming the flag, for a value that is not allowed and for a required flag that is missing
 */
export function flagOptions<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): Static<Schema> {
  const options = Object.entries(schema.properties) as [string, FlagSchema & TSchema][];
  const givenFor = (name: string, { flag }: FlagSchema) => given[flag ?? name];
  const present = options.filter(([name, option]) => givenFor(name, option) !== undefined);
  const values = Object.fromEntries(
    present.map(([name, option]) => [name, parseFlag(name, option, givenFor(name, option))]),
  );
  const missing = options.find(
    ([name, { default: value }]) =>
      schema.required?.includes(name) && value === undefined && values[name] === undefined,
  );
  if (missing)
    throw new InputError(
      `${flagName(missing[0])} must be given: ${missing[1].description}${missing[1].without ? `; ${missing[1].without}` : ''}`,
    );
  return resolveOptions(schema, values, (name) => flagOf(name, (schema.properties[name] ?? {}) as FlagSchema));
}

function parseFlag(name: string, option: FlagSchema & TSchema, raw: unknown): unknown {
  if (option.type !== 'array' && option.type !== 'object') return parseValue(name, option, raw);
  const items = (raw as string[]).flatMap(splitList);
  if (option.type === 'object') return numbersByName(flagOf(name, option), option, items);
  return items.map((item) => parseValue(name, option.items as FlagSchema & TSchema, item));
}

/**
 * The numbers of texts such as `base*:0.1`. A name may contain colons.
 *
 * @throws InputError for a text without a name or a number, and for a name that is given twice
 */
function numbersByName(flag: string, { placeholder }: FlagSchema, items: readonly string[]): Record<string, number> {
  const numbers = new Map<string, number>();
  for (const item of items) {
    const at = item.lastIndexOf(':');
    const [name, text] = [item.slice(0, Math.max(0, at)).trim(), item.slice(at + 1).trim()];
    const value = Number(text);
    if (at < 0 || name === '' || text === '' || Number.isNaN(value)) throw notAllowed(flag, `${placeholder}`, item);
    if (numbers.has(name)) throw new InputError(`${flag} must have each name once; got "${name}" twice`);
    numbers.set(name, value);
  }
  return Object.fromEntries(numbers);
}

function parseValue(name: string, option: FlagSchema & TSchema, raw: unknown): unknown {
  // Of a flag that may stand alone, what is none of its words is a number, or true or false.
  if (option.optionalValue && typeof raw === 'string' && !Check(option, raw)) {
    if (/^\s*[-+]?\d+\s*$/.test(raw)) return Number(raw);
    if (raw === 'true' || raw === 'false') return raw === 'true';
  }
  const text = String(raw).trim();
  const value = Number(text);
  if (takesNumberOrText(option)) {
    const given = text === '' || Number.isNaN(value) ? raw : value;
    if (!Check(option, given)) throw notAllowed(flagOf(name, option), allowed(option), given);
    return given;
  }
  if (option.type !== 'number' && option.type !== 'integer') return raw;
  if (text === '' || Number.isNaN(value)) throw notAllowed(flagName(name), allowed(option), raw);
  return value;
}

/** Whether a value is a number or a text, which may not be left out. */
function takesNumberOrText({ anyOf, optionalValue }: FlagSchema & { readonly anyOf?: readonly FlagSchema[] }): boolean {
  const types = optionalValue ? [] : (anyOf ?? []).map(({ type }) => type);
  return types.includes('string') && types.some((type) => type === 'number' || type === 'integer');
}

/**
 * Splits a list at its commas, and removes the spaces around its items. A comma within parentheses or brackets, as in a
 * schedule, belongs to its item; so does a comma after a backslash, which is removed.
 */
export function splitList(text: string): string[] {
  const items = [''];
  for (const { letter, separates, escaped } of letters(text)) {
    if (separates) items.push('');
    else if (escaped) items.push(`${items.pop()?.slice(0, -1)},`);
    else items.push(items.pop() + letter);
  }
  return items.length === 1 ? items : items.map((item) => item.trim());
}

/** The values of a list flag that {@link splitList} reads as these items: one text, or several where one would be misread. */
export function listTexts(items: readonly string[]): string[] {
  const texts = items.map((item) =>
    [...letters(item)]
      .map(({ letter, separates, escaped }) => (separates || escaped ? `\\${letter}` : letter))
      .join(''),
  );
  const joined = texts.join(',');
  return JSON.stringify(splitList(joined)) === JSON.stringify(items) ? [joined] : texts;
}

/** Each letter of a list: whether it separates items, or is a comma after a backslash. */
function* letters(text: string) {
  let depth = 0;
  let before = '';
  for (const letter of text) {
    if (letter === '(' || letter === '[') depth += 1;
    if (letter === ')' || letter === ']') depth = Math.max(0, depth - 1);
    const escaped = letter === ',' && before === '\\';
    yield { letter, escaped, separates: letter === ',' && depth === 0 && !escaped };
    before = letter;
  }
}
