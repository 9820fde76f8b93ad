import type { TSchema } from 'typebox';
import type { CommandEntry } from '../command-entry.js';
import { type FlagGroups, type FlagSchema, flagName, flagOf } from '../shared/flags.js';
import { shells } from './options.js';

/** What a word may become, and what that is. */
type Candidate = readonly [word: string, description: string];

/** What the scripts do with the candidates: offer them alone, or files of the folder. */
const directives = { candidates: 4, files: 0 } as const;

/**
 * Prints what the last word of a command may become, a line for each, as the scripts of `lrfind completion` read it.
 *
 * @param args `--`, and the words after `lrfind`; the last is the one that is being typed, and may be empty
 * @returns the exit code, which is 0 whatever was typed
 */
export async function complete(args: readonly string[], commands: readonly CommandEntry[]): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args;
  const typed = words.at(-1) ?? '';
  const candidates = await candidatesFor(words.slice(0, -1), typed, commands);
  const shown = (candidates ?? []).filter(([word]) => word.startsWith(typed));
  const lines = shown.map(([word, description]) => `${word}\t${brief(description)}\n`);
  process.stdout.write(`${lines.join('')}:${candidates ? directives.candidates : directives.files}\n`);
  return 0;
}

/** A description up to its first detail, since shells show one line. */
function brief(description: string): string {
  return (/^[^:;(\n]*/.exec(description)?.[0] ?? '').replace(/[.,\s]+$/, '');
}

/** What may follow the words before; null for a file. */
async function candidatesFor(
  before: readonly string[],
  typed: string,
  commands: readonly CommandEntry[],
): Promise<readonly Candidate[] | null> {
  const outer = commands.find(({ name }) => name === before[0]);
  const inner = outer?.commands?.find(({ name }) => name === before[1]);
  const called = inner ?? outer ?? (commands[0] as CommandEntry);
  const named = (list: readonly CommandEntry[]) => list.map(({ name, description }): Candidate => [name, description]);
  if (before.length === 0 && !typed.startsWith('-'))
    return [...named(commands), ['help', 'Show the help of a command.']];
  if (before[0] === 'help') return before.length === 1 ? named(commands) : [];
  const flags = flagsOf((await called.options()).flags);
  const last = before.at(-1) ?? '';
  const flag = flags.find(({ words, takesValue }) => takesValue && words.includes(last));
  if (flag) return flag.values;
  if (typed.startsWith('-'))
    return [
      ...flags
        .filter(({ words, repeats }) => repeats || !words.some((word) => before.includes(word)))
        .map(({ words, description }): Candidate => [words[0] as string, description]),
      ['--help', 'show this help'],
    ];
  if (outer?.commands && !inner) return named(outer.commands);
  if (called.name === 'completion') return shells.map((shell): Candidate => [shell, '']);
  return called.argument && called.name !== 'schedule' ? null : [];
}

interface KnownFlag {
  /** Its long form first. */
  readonly words: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly repeats: boolean;
  /** What its value may be; null for a file. */
  readonly values: readonly Candidate[] | null;
}

function flagsOf(groups: FlagGroups): KnownFlag[] {
  return groups.flatMap(([, schema]) =>
    Object.entries(schema.properties).flatMap(([name, option]: [string, FlagSchema & TSchema]) => {
      const { short, off, negation, type, description = '', placeholder = '' } = option;
      const long = off === undefined ? flagOf(name, option) : flagName(name).replace('--', '--no-');
      const own: KnownFlag = {
        words: [long, ...(short ? [`-${short}`] : [])],
        description: off ?? description,
        takesValue: type !== 'boolean' && off === undefined,
        repeats: type === 'array' || type === 'object',
        values: /\b(paths?|folder)\b/.test(placeholder) ? null : valuesOf(option),
      };
      const no = { words: [flagName(name).replace('--', '--no-')], takesValue: false, repeats: false, values: [] };
      return negation === undefined ? [own] : [own, { ...no, description: negation }];
    }),
  );
}

/** The words that a value may be: those of an enumeration, examples, or of a placeholder such as `mean|drop`. */
function valuesOf({ enum: words, examples, items, placeholder = '' }: FlagSchema & TSchema): Candidate[] {
  const { enum: itemWords } = (items ?? {}) as FlagSchema;
  const given = words ?? itemWords ?? examples ?? (placeholder.includes('|') ? placeholder.split('|') : []);
  return given.map((word): Candidate => [word, '']);
}
