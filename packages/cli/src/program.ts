import { existsSync } from 'node:fs';
import { InputError, nearest, shownValue, version } from '@lrfind/core';
import { Command } from 'commander';
import type { CommandEntry, CommandOptions, Flags } from './command-entry.js';
import { commands } from './commands.js';
import { CONFIG_FILE } from './config/config-file.js';
import { exitCodes } from './exit-codes.js';
import { addFlags, refuseArguments } from './shared/add-flags.js';
import { wrapHelp } from './shared/help-text.js';
import { helpHint, refuseMisuse } from './shared/usage-errors.js';

/** Descriptions of flags are wrapped where they have at least so many columns; commander's own 40 leaves lines of 400 letters. */
const MIN_WRAPPED_COLUMNS = 20;

const [standard] = commands as readonly [CommandEntry];

/** Help of lrfind itself, before and after the list of commands. */
const examples = `
Examples:
  $ lrfind -m model.json -d data.csv
  $ lrfind -m model.keras -d data.parquet --target price -o sweep.png,sweep.json
  $ lrfind train -m model.json -d data.csv --lr find --epochs 20 --save trained
  $ lrfind compare -m model.json -d data.csv --lr 0.1,0.01 --schedule constant,cosine
  $ lrfind data -d data.csv --init-model model.json`;
const furtherHelp = `
lrfind -m ... -d ... without a command means lrfind find. Every command has help
with its options and examples: lrfind find --help.`;

/** The names of commands that are no commands, with what is meant by them. */
const meant: Readonly<Record<string, string>> = { version: '--version', '-help': '--help', '-version': '--version' };

/**
 * Runs the command that the arguments call. Only that command's flags are loaded, and none for `--version` and lrfind's
 * own help, which are to be there at once.
 *
 * @param argv arguments after the program's name; none, or `help`, asks for help
 * @returns the exit code
 * @throws InputError for a command or a flag that does not exist, and whatever the command throws
 * @throws CommanderError with exit code 0 once help or the version is printed
 */
export async function run(argv: readonly string[]): Promise<number> {
  const words = helpAsFlag(argv);
  const [first = ''] = words;
  // What the scripts of `lrfind completion` call; nobody else does, so no help shows it.
  if (first === 'complete') return (await import('./completion/complete.js')).complete(words.slice(1), commands);
  const isFlag = first.startsWith('-');
  const called = isFlag ? standard : entryOf(commands, first, []);
  // Commander would show the help of the command outside for a name that does not exist.
  const [, within] = words;
  if (called.commands && within !== undefined && !within.startsWith('-')) entryOf(called.commands, within, [first]);
  const ofLrfind = ['-h', '--help', '-V', '--version'].includes(first);
  const lrfind = new Command('lrfind')
    .usage('[command] [options]')
    .description(
      'Finds a learning rate for a model of TensorFlow.js or Keras: a model and a table in, a rate and a picture out.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help, or that of a command')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false, subcommandTerm, minWidthToWrap: MIN_WRAPPED_COLUMNS })
    // The messages are those of `usageError`, in the words of all others.
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', `${wrapHelp(examples)}\n${furtherHelp}`);
  refuseMisuse(lrfind);
  // What follows the command is then its own, and not looked through for flags of lrfind.
  if (called.passesArguments) lrfind.enablePositionalOptions();
  let code: number = exitCodes.done;
  const onEnd = (given: unknown) => {
    if (typeof given === 'number') code = given;
  };
  for (const entry of commands)
    await addCommand(lrfind, entry, onEnd, entry === called && !ofLrfind ? await entry.options() : undefined);
  await lrfind.parseAsync(words, { from: 'user' });
  return code;
}

/** `help train` as `train --help`. */
function helpAsFlag(argv: readonly string[]): readonly string[] {
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  const [first, ...rest] = words;
  if (first === undefined) return ['--help'];
  return first === 'help' ? [...rest, '--help'] : words;
}

/**
 * The command of a name.
 *
 * @param path the commands that it is within, for the message
 * @throws InputError for a name that no command has
 */
function entryOf(entries: readonly CommandEntry[], name: string, path: readonly string[]): CommandEntry {
  const found = entries.find((entry) => entry.name === name);
  if (found) return found;
  const names = entries.map((entry) => entry.name);
  const near = meant[name] ?? nearest(name, names);
  const looksLikeFile = near === undefined && /[./\\]/.test(name);
  throw new InputError(
    `unknown command ${shownValue(name)}${near === undefined ? '' : `; did you mean ${['lrfind', ...path, near].join(' ')}?`}${
      looksLikeFile ? '. Files follow an option: --model model.json --data data.csv' : ''
    }\nCommands: ${names.join(', ')}. ${helpHint(['lrfind', ...path])}`,
  );
}

/** A command in a list of commands: its name and arguments. */
function subcommandTerm(command: Command): string {
  const terms = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...terms].join(' ');
}

/** The flags of a command with those of its configuration; only a configuration loads what reads it. */
async function withConfig(entry: CommandEntry, options: CommandOptions, flags: Flags): Promise<Flags> {
  if (!entry.isConfigurable || (flags.config === undefined && !existsSync(CONFIG_FILE))) return flags;
  return (await import('./config/apply-config.js')).applyConfig(entry, options.flags, flags, commands);
}

/**
 * @param onEnd gets what the command gives
 * @param options undefined for a command that is not called
 */
async function addCommand(
  parent: Command,
  entry: CommandEntry,
  onEnd: (given: unknown) => void,
  options?: CommandOptions,
): Promise<void> {
  const { name, description, argument, passesArguments = false, run: runEntry, commands: within = [] } = entry;
  const command = parent.command(name, { isDefault: entry === standard }).description(description);
  command.helpOption('-h, --help', 'show this help').helpCommand(false);
  if (argument) command.argument(...argument);
  if (!options) return;
  refuseMisuse(command);
  if (!argument?.[0].includes('...')) refuseArguments(command, argument ? 1 : 0);
  if (passesArguments) command.passThroughOptions();
  if (options.help) command.addHelpText('after', wrapHelp(options.help));
  addFlags(command, options.flags);
  command.action(async (...given: unknown[]) => {
    const [flags, value] = argument ? [given[1], given[0]] : [given[0], undefined];
    onEnd(await runEntry(await withConfig(entry, options, flags as Flags), value as never));
  });
  for (const each of within) await addCommand(command, each, onEnd, await each.options());
}
