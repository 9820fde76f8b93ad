import { InputError, notAllowed, suggestion } from '@lrfind/core';
import { allowed, resolveOptions } from '@lrfind/core/options';
import { type Command, Option } from 'commander';
import type { Static, TObject, TSchema } from 'typebox';

/** The parts of an option's schema that its flag is made of. */
interface FlagSchema {
  /** An object holds numbers by name; its flag takes `name:number`, again and again or with commas. */
  type?: 'number' | 'integer' | 'string' | 'boolean' | 'array' | 'object';
  items?: TSchema;
  default?: unknown;
  description?: string;
  enum?: string[];
  /** Name of the value in help, such as `path`. */
  placeholder?: string;
  /** The option's name for one value, where its own is a plural: `group` for `--group`. */
  flag?: string;
  /** Whether the flag may stand without a value, which means true. */
  optionalValue?: boolean;
  /** The short form, one letter. */
  short?: string;
  /** For a flag that is on by default: what `--no-…` does. */
  off?: string;
  /** What `--no-…` does beside the flag itself, of an option that is on by default in some cases and off in others. */
  negation?: string;
  /** Of a required option: what to do where one has nothing to give, for the message. */
  without?: string;
  /** A name that the option had before. It is refused with the present one, which a similar name could hide. */
  formerly?: string;
}

/** The flags of a command, by heading of the help. */
export type FlagGroups = readonly (readonly [heading: string, schema: TObject])[];

/** The flag of an option: `startLr` is `--start-lr`. Digits stay where they are: `--beta1`. */
export function flagName(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}

/** The flag of a declared option. */
export function flagOf(name: string, option: FlagSchema): string {
  return flagName(option.flag ?? name);
}

/** Adds a flag for every option: with its description, default and allowed values, under the heading of its group. */
export function addFlags(command: Command, groups: FlagGroups): void {
  for (const [heading, schema] of groups) {
    for (const [name, option] of Object.entries(schema.properties)) {
      const { short, off, type, formerly, negation } = option as FlagSchema;
      const own = flagOf(name, option);
      const long = off === undefined ? own : own.replace('--', '--no-');
      const flag = new Option(`${short ? `-${short}, ` : ''}${long}${valueName(option)}`, help(name, option, schema));
      // Lists are split later, when the flag's name is known for messages.
      if (type === 'array' || type === 'object')
        flag.argParser((text: string, before: string[] = []) => [...before, text]);
      command.addOption(flag.helpGroup(heading));
      // After the flag itself, so that none of the two is on where neither is given.
      if (negation) command.addOption(new Option(own.replace('--', '--no-'), negation).helpGroup(heading));
      if (formerly) command.addOption(renamed(flagName(formerly), own));
    }
  }
}

/** A flag that is refused with its present name. */
function renamed(before: string, now: string): Option {
  const refuse = () => {
    throw new InputError(`${before} is called ${now} now`);
  };
  return new Option(`${before} <value>`).hideHelp().argParser(refuse);
}

/**
 * Refuses arguments that belong to no flag. The usual reason is a list with spaces, so the message says how to write one.
 *
 * @param own how many arguments the command itself takes
 * @param commands names that may have been meant
 */
export function refuseArguments(command: Command, own: number, commands: readonly string[]): void {
  command.allowExcessArguments().hook('preAction', (_, called) => {
    const stray = called.args[own];
    if (called === command && stray !== undefined)
      throw new InputError(
        `every argument must belong to an option; got ${stray}${suggestion(stray, commands) || '. Write lists with commas: --lr 0.1,0.01'}`,
      );
  });
}

function valueName(option: FlagSchema): string {
  const { type, placeholder, optionalValue, enum: words } = option;
  if (optionalValue) return ` [${placeholder}]`;
  if (type === 'boolean') return '';
  if (type === 'array') return ` <${placeholder ?? 'names'}>`;
  return ` <${placeholder ?? (words && words.length <= 4 ? words.join('|') : type === 'string' ? 'name' : 'number')}>`;
}

function help(name: string, option: FlagSchema, schema: TObject): string {
  const { description = '', off, default: value } = option;
  if (off !== undefined) return off;
  if (schema.required?.includes(name) && value === undefined) return `${description} (required)`;
  const unsaid = value === undefined || typeof value === 'boolean' || (Array.isArray(value) && value.length === 0);
  return unsaid ? description : `${description} (default: ${String(value)})`;
}

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
  // Of a flag that takes a number or a word, what is a number counts as one.
  if (option.optionalValue && typeof raw === 'string' && /^\s*[-+]?\d+\s*$/.test(raw)) return Number(raw);
  if (option.type !== 'number' && option.type !== 'integer') return raw;
  const text = String(raw).trim();
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw notAllowed(flagName(name), allowed(option), raw);
  return value;
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

/** Runs a check, and names the flag in the message of an `InputError`: `chart must be …` becomes `--chart must be …`. */
export function named<Result>(flag: string, check: () => Result): Result {
  const text = (message: string) => (`--${message}`.startsWith(`${flag} `) ? `--${message}` : `${flag}: ${message}`);
  const withName = (error: unknown) => (error instanceof InputError ? new InputError(text(error.message)) : error);
  try {
    const result = check();
    if (!(result instanceof Promise)) return result;
    return result.catch((error) => {
      throw withName(error);
    }) as Result;
  } catch (error) {
    throw withName(error);
  }
}
