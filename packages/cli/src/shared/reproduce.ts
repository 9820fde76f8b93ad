import type { TSchema } from 'typebox';
import { listTexts } from './flag-values.js';
import { flagOf } from './flags.js';
import type { ResultOutput } from './outputs/result-output.js';

/** What is known of a command, as its results say it. */
type Repeated = Pick<ResultOutput<never>, 'flags' | 'defaults' | 'before'>;

/**
 * The options with which a result is made again: those whose values differ from the defaults, files first.
 *
 * @param options of the result
 * @returns undefined for a result that a program made, whose options name no model or table
 */
export function repeatedOptions(
  { flags, defaults = {}, before = {} }: Repeated,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  if ([options.model, options.data].some((file) => file === undefined || file === null)) return undefined;
  const declared = flags.flatMap(([, schema]) => Object.entries(schema.properties));
  const differing = declared.flatMap(([name, schema]) => {
    const standard = defaults[name] ?? (schema as { default?: unknown }).default;
    const value = options[name] ?? before[name];
    return value === undefined || value === null || same(value, standard) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(differing);
}

/**
 * The command line that makes a result again.
 *
 * @param options of the result
 * @returns undefined for a result that a program made
 */
export function reproduce(
  { command, ...repeated }: Repeated & Pick<ResultOutput<never>, 'command'>,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const given = repeatedOptions(repeated, options);
  if (!given) return undefined;
  const schemas = Object.fromEntries(repeated.flags.flatMap(([, schema]) => Object.entries(schema.properties)));
  const words = Object.entries(given).flatMap(([name, value]) => flagWords(name, schemas[name] as TSchema, value));
  return [command, ...words].join(' ');
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A flag and its value as words of a shell. */
export function flagWords(name: string, schema: TSchema, value: unknown): string[] {
  const flag = flagOf(name, schema);
  if (value === true) return [flag];
  if (value === false) return [flag.replace('--', '--no-')];
  const texts = valueTexts(schema as { type?: string }, value);
  // A value that begins with a dash would be read as a flag.
  return texts.flatMap((text) => (text.startsWith('-') ? [shellWord(`${flag}=${text}`)] : [flag, shellWord(text)]));
}

/** A value as the texts that its flag takes: several where a list in one would be misread. */
export function valueTexts({ type }: { type?: string }, value: unknown): string[] {
  if (type === 'object')
    return Object.entries(value as object).flatMap(([key, number]) => listTexts([`${key}:${number}`]));
  if (!Array.isArray(value) || type !== 'array') return [String(value)];
  return value.length === 0 ? [] : listTexts(value.map(String));
}

/** A word for a POSIX shell: in single quotes where a letter has a meaning there. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
