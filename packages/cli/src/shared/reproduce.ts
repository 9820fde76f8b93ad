import { suggestionMethods } from '@lrfind/core/sweep';
import type { Result } from '../files/read-result.js';
import type { TObject, TSchema } from 'typebox';
import { compareFlags } from '../compare/options.js';
import { findFlags } from '../find/options.js';
import { flagName } from './flags.js';
import { trainFlags } from '../train/options.js';
import { shellWord } from './shell-word.js';

/** How a kind of result is made on the command line. */
interface CommandKind {
  readonly words: string;
  /** its flags; those of the output are not among a result's options and so are left out */
  readonly flags: readonly [heading: string, schema: TObject][];
  /** values in force where a flag was left out, of flags whose schema has no default */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** The command of each kind of result, by the document's format. */
const commands: Readonly<Record<Result['format'], CommandKind>> = {
  'lrfind-run': {
    words: 'lrfind',
    flags: findFlags,
    defaults: { suggest: suggestionMethods.map(({ name }) => name) },
  },
  'lrfind-training': { words: 'lrfind train', flags: trainFlags },
  'lrfind-comparison': { words: 'lrfind compare', flags: compareFlags },
};

/**
 * The command line that makes a result again: the flags whose values differ from the defaults, files first.
 *
 * @returns undefined for a result that no command has made: it names neither model nor table
 */
export function reproduce({ format, options }: Pick<Result, 'format' | 'options'>): string | undefined {
  if ([options.model, options.data].some((file) => file === undefined || file === null)) return undefined;
  const { words, flags, defaults = {} } = commands[format];
  const declared = flags.flatMap(([, schema]) => Object.entries(schema.properties));
  const given = declared.flatMap(([name, schema]) => {
    const standard = defaults[name] ?? (schema as { default?: unknown }).default;
    const value = options[name];
    return value === undefined || value === null || same(value, standard) ? [] : flagWords(name, schema, value);
  });
  return [words, ...given].join(' ');
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function flagWords(name: string, schema: TSchema, value: unknown): string[] {
  const flag = flagName(name);
  if (value === true) return [flag];
  if (value === false) return [flag.replace('--', '--no-')];
  const several = Array.isArray(value) && (schema as { type?: string }).type === 'array';
  const texts = several ? value.map(String) : [String(value)];
  // What begins with a dash would be taken for a flag.
  if (texts.some((text) => text.startsWith('-'))) return texts.map((text) => shellWord(`${flag}=${text}`));
  return texts.length === 0 ? [] : [flag, ...texts.map(shellWord)];
}
