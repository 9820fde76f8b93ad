import { dirname, isAbsolute, join } from 'node:path';
import { InputError, isObject, shownValue, suggestion } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import { formatOf } from '@lrfind/core/results';
import type { TSchema } from 'typebox';
import * as Type from 'typebox';
import type { CommandEntry, Flags } from '../command-entry.js';
import { readJson, readResult } from '../files/read-result.js';
import type { FlagGroups, FlagSchema } from '../shared/flags.js';
import { flagWords, repeatedOptions, valueTexts } from '../shared/reproduce.js';
import { CONFIG_FILE } from './config-file.js';

/** An option of a command as it is declared. */
type Declared = FlagSchema & TSchema;

/** Options by name, as the JSON of a configuration or a result has them. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Adds the options of a configuration to the flags of a command. What a flag gives stays. Says on stderr which were added, unless
 * the command is quiet.
 *
 * @param called the command
 * @param groups its flags
 * @param flags as commander collected them: with `config` the path, false for none, or undefined for `lrfind.json`
 * @param commands all of them, whose options the file may hold too
 * @returns the flags as commander would have collected them
 * @throws InputError for a file that cannot be read or holds no options, for an option that no command has, for a value that is not
 *   allowed, and for a result of another command
 */
export async function applyConfig(
  called: CommandEntry,
  groups: FlagGroups,
  { config, ...flags }: Flags,
  commands: readonly CommandEntry[],
): Promise<Flags> {
  if (config === false) return flags;
  const isNamed = typeof config === 'string';
  const path = isNamed ? config : CONFIG_FILE;
  const document = await readJson(path);
  const isResult = formatOf(document) !== undefined;
  if (isResult && !isNamed)
    throw new InputError(
      `${path} must hold options; it is a result, which --config ${path} repeats: rename it, or give --no-config`,
    );
  const declared = declaredIn(groups);
  const isGiven = (name: string) => flags[declared[name]?.flag ?? name] !== undefined;
  const values = isResult
    ? await valuesOfResult(path, called)
    : await valuesOfConfig(document, path, called, declared, commands);
  const added = Object.entries(values).filter(([name]) => !isGiven(name));
  const words = added.flatMap(([name, value]) => flagWords(name, declared[name] as Declared, value));
  if (words.length > 0 && !flags.quiet) process.stderr.write(`options from ${path}: ${words.join(' ')}\n`);
  const raw = added.map(([name, value]) => [declared[name]?.flag ?? name, rawValue(declared[name] as Declared, value)]);
  return { ...Object.fromEntries(raw), ...flags };
}

function declaredIn(groups: FlagGroups): Readonly<Record<string, Declared>> {
  const all = groups.flatMap(([, schema]) => Object.entries(schema.properties) as [string, Declared][]);
  return Object.fromEntries(all.filter(([name]) => name !== 'config'));
}

/** The options of a stored result that differ from the defaults. */
async function valuesOfResult(path: string, called: CommandEntry): Promise<Values> {
  const [result, { outputOf }] = await Promise.all([readResult(path), import('../results.js')]);
  const output = outputOf(result);
  const name = output.command.split(' ')[1] ?? 'find';
  if (name !== called.name)
    throw new InputError(
      `--config ${path} is a result of ${output.command}, which lrfind ${name} --config ${path} repeats; got lrfind ${called.name}`,
    );
  const options = repeatedOptions(output, result.options);
  if (!options)
    throw new InputError(`--config ${path} must be a result of the command line; a program made it, of data in memory`);
  return options;
}

/** The options for a command: those at the top that it has, and those of its own section. */
async function valuesOfConfig(
  document: unknown,
  path: string,
  called: CommandEntry,
  declared: Readonly<Record<string, Declared>>,
  commands: readonly CommandEntry[],
): Promise<Values> {
  if (!isObject(document)) throw new InputError(`${path} must hold an object of options; got ${shownValue(document)}`);
  const configurable = commands.filter(({ isConfigurable }) => isConfigurable);
  // An option has the name of the command data.
  const sections = configurable.map(({ name }) => name).filter((name) => !Object.hasOwn(declared, name));
  const { $schema: _, ...entries } = document as Values;
  const top = Object.entries(entries).filter(([name]) => !sections.includes(name));
  if (top.some(([name]) => !Object.hasOwn(declared, name))) {
    const all = await Promise.all(configurable.map(async ({ options }) => declaredIn((await options()).flags)));
    const known = new Set(all.flatMap((options) => Object.keys(options)));
    const unknown = top.find(([name]) => !known.has(name));
    if (unknown) throw new InputError(`${path}: ${unknownText(unknown[0], [...known, ...sections])}`);
  }
  for (const name of sections)
    if (entries[name] !== undefined && !isObject(entries[name]))
      throw new InputError(`${path}: ${name} must be an object of options; got ${shownValue(entries[name])}`);
  const section = (sections.includes(called.name) ? (entries[called.name] ?? {}) : {}) as Values;
  const foreign = Object.keys(section).find((name) => !Object.hasOwn(declared, name));
  if (foreign !== undefined)
    throw new InputError(`${path}: ${called.name}: ${unknownText(foreign, Object.keys(declared))}`);
  const own = { ...Object.fromEntries(top.filter(([name]) => Object.hasOwn(declared, name))), ...section };
  return Object.fromEntries(
    Object.entries(own).map(([name, value]) => {
      const label = Object.hasOwn(section, name) ? `${called.name}.${name}` : name;
      return [name, checked(declared[name] as Declared, value, `${path}: ${label}`, dirname(path))];
    }),
  );
}

function unknownText(name: string, known: readonly string[]): string {
  return `unknown option ${shownValue(name)}${suggestion(name, known) || '; lrfind.schema.json has all'}`;
}

/**
 * A value as its option has it: a number where a text is wanted becomes one, and a single value a list of one. Paths are those
 * from the file's folder.
 *
 * @throws InputError naming it, where it is not allowed
 */
function checked(option: Declared, value: unknown, label: string, folder: string): unknown {
  const { type, items, placeholder = '' } = option;
  const asText = (each: unknown, wanted: unknown) =>
    wanted === 'string' && typeof each === 'number' ? String(each) : each;
  const wanted = (items as FlagSchema | undefined)?.type;
  const formed =
    type === 'array'
      ? (Array.isArray(value) ? value : [value]).map((each) => asText(each, wanted))
      : asText(value, type);
  resolveOptions(Type.Object({ value: option }), { value: formed }, () => label);
  if (folder === '.' || !/\bpaths?\b|\bfolder\b/.test(placeholder)) return formed;
  const within = (each: unknown) =>
    typeof each !== 'string' || ['none', '-', ''].includes(each) || isAbsolute(each) ? each : join(folder, each);
  return Array.isArray(formed) ? formed.map(within) : within(formed);
}

/** A value as commander collects it: a switch, a text, or texts that are split later. */
function rawValue(option: Declared, value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  const texts = valueTexts(option, value);
  return option.type === 'array' || option.type === 'object' ? texts : texts[0];
}
