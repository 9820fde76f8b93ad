import { allowed, InputError, resolveOptions } from '@lrfind/core';
import { type Command, Option } from 'commander';
import type { Static, TObject, TSchema } from 'typebox';

/** The parts of an option's schema that a flag is made of. */
interface Declared {
  type?: 'number' | 'integer' | 'string' | 'boolean' | 'array';
  items?: TSchema;
  default?: unknown;
  description?: string;
  enum?: string[];
  /** What the value is called in the help, such as `path`. */
  placeholder?: string;
}

/** The flag of an option: `startLr` is `--start-lr`. Digits stay where they are: `--beta1`. */
export function flagName(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}

/** Adds a flag for every option of a schema, with its description, default and allowed values, under a heading of the help. */
export function addFlags(command: Command, heading: string, schema: TObject): void {
  for (const [name, option] of Object.entries(schema.properties)) {
    const declared = option as Declared;
    // What is on by default has a flag that turns it off.
    const shown =
      declared.type === 'boolean' && declared.default === true ? flagName(name).replace('--', '--no-') : flagName(name);
    const flag = new Option(`${shown}${argument(declared)}`, help(option)).helpGroup(heading);
    command.addOption(flag);
  }
}

function argument({ type, placeholder, enum: words }: Declared): string {
  if (type === 'boolean') return '';
  const name = placeholder ?? (words && words.length <= 4 ? words.join('|') : type === 'string' ? 'name' : 'number');
  return type === 'array' ? ` <${placeholder ?? 'names'}...>` : ` <${name}>`;
}

function help(option: TSchema): string {
  const { description = '', default: value } = option as Declared;
  const plain = value === undefined || typeof value === 'boolean' || (Array.isArray(value) && value.length === 0);
  return plain ? description : `${description} (default: ${String(value)})`;
}

/**
 * The options of a schema as the command line gives them: text turned into the declared types, then checked and filled in
 * by the same function that the library's callers meet.
 *
 * @param given what commander collected: text, lists of text, true
 * @throws InputError naming the flag, for a value that the schema does not allow
 */
export function flagOptions<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): Static<Schema> {
  return resolveOptions(schema, flagValues(schema, given), flagName);
}

function flagValues(schema: TObject, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties)
      .filter(([name]) => given[name] !== undefined)
      .map(([name, option]) => [name, parsedValue(name, option, given[name])]),
  );
}

function parsedValue(name: string, option: TSchema, raw: unknown): unknown {
  const { type } = option as Declared;
  if (type !== 'number' && type !== 'integer') return raw;
  const text = String(raw).trim();
  const value = Number(text);
  if (text === '' || Number.isNaN(value))
    throw new InputError(`${flagName(name)} must be ${allowed(option)}; got "${raw}"`);
  return value;
}
