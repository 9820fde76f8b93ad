import { version } from '@lrfind/core';
import { Command } from 'commander';
import { addFlags, type FlagGroups, refuseArguments } from './shared/flags.js';
import { wrapHelp } from './shared/help-text.js';

/** Descriptions of flags are wrapped where they have at least so many columns; commander's own 40 leaves lines of 400 letters. */
const MIN_WRAPPED_COLUMNS = 20;

type Flags = Readonly<Record<string, unknown>>;

interface CommandOptions {
  readonly flags: FlagGroups;
  readonly help?: string;
}

/** A command: its name and arguments, its help, and the function that runs it. */
interface CommandEntry {
  readonly name: string;
  readonly description: string;
  /** Its flags, and the help after them. Loaded for the command that is called, because those of some commands need TensorFlow.js. */
  readonly options: () => Promise<CommandOptions>;
  readonly argument?: readonly [name: string, description: string];
  /** Runs it. The module is loaded when the command is called, to keep help and short commands fast. */
  readonly run: (flags: Flags, argument: never) => Promise<void>;
  readonly commands?: readonly CommandEntry[];
}

/** Every command, in the order of help. The first is the default. */
const commands: readonly CommandEntry[] = [
  {
    name: 'find',
    description:
      'Search for the learning rate: train the model for a few hundred steps at rising rates (the default command).',
    options: () => import('./find/options.js'),
    run: async (flags) => (await import('./find/command.js')).find(flags),
  },
  {
    name: 'train',
    description: 'Train the model with a rate or a schedule, and print loss and metrics after every epoch.',
    options: () => import('./train/options.js'),
    run: async (flags) => (await import('./train/command.js')).train(flags),
  },
  {
    name: 'compare',
    description:
      'Train the model with several rates, schedules, callbacks, optimizers or batch sizes on equal terms, and rank them.',
    options: () => import('./compare/options.js'),
    run: async (flags) => (await import('./compare/command.js')).compare(flags),
  },
  {
    name: 'data',
    description:
      'Show what is understood of a table before anything is trained: columns, target, loss, and what does not fit.',
    argument: ['[table]', 'the table, in place of --data'],
    options: () => import('./data/options.js'),
    run: async (flags, path?: string) => (await import('./data/command.js')).data(path, flags),
  },
  {
    name: 'plot',
    description: 'Draw a stored result again, or write it as a table.',
    argument: ['<result.json>', 'a result written with --out result.json'],
    options: () => import('./plot/options.js'),
    run: async (flags, path: string) => (await import('./plot/command.js')).plot(path, flags),
  },
  {
    name: 'report',
    description: 'Make one HTML page of stored results: answers, charts, tables, and how to reproduce them.',
    argument: ['<results...>', 'results of lrfind, lrfind train or lrfind compare, written with --out result.json'],
    options: () => import('./report/options.js'),
    run: async (flags, paths: string[]) => (await import('./report/command.js')).report(paths, flags),
  },
  {
    name: 'schedule',
    description: 'Show the learning rate of every step under one or several schedules, without training.',
    argument: ['[schedules...]', 'schedules as text, each in quotation marks: a kind with its parameters, or a number'],
    options: () => import('./schedule/options.js'),
    run: async (flags, texts: string[]) => (await import('./schedule/command.js')).schedule(texts, flags),
  },
  {
    name: 'transfer',
    description: 'Turn the rate of a search into that for another batch size, width or length, with its error.',
    argument: ['<result.json>', 'a result of lrfind find, written with --out result.json'],
    options: () => import('./transfer/options.js'),
    run: async (flags, path: string) => (await import('./transfer/command.js')).transfer(path, flags),
  },
  {
    name: 'backend',
    description: 'List where this machine can compute and why it cannot elsewhere, or install TensorFlow.',
    options: async () => ({ flags: (await import('./backend/options.js')).listFlags }),
    run: async (flags) => (await import('./backend/command.js')).list(flags),
    commands: [
      {
        name: 'install',
        description: "Download TensorFlow with your own pip into lrfind's cache folder.",
        options: async () => ({ flags: (await import('./backend/options.js')).installFlags }),
        run: async (flags) => (await import('./backend/command.js')).install(flags),
      },
      {
        name: 'uninstall',
        description: 'Remove the TensorFlow that lrfind installed.',
        options: async () => ({ flags: [] }),
        run: async () => (await import('./backend/command.js')).uninstall(),
      },
    ],
  },
];

/**
 * The command line. The command that is called has its flags; the others are there for help and for the nearest name.
 *
 * @param argv arguments after the program's name; `help` as the first word gives every command its flags
 */
export async function program(argv: readonly string[]): Promise<Command> {
  const lrfind = new Command('lrfind')
    .description('Finds a learning rate for a TensorFlow.js model: a model and a table in, a rate and a picture out.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Run lrfind --help for all options.')
    .configureHelp({ showGlobalOptions: false, subcommandTerm, minWidthToWrap: MIN_WRAPPED_COLUMNS });
  const first = argv.find((word) => word !== '--');
  const [standard] = commands as readonly [CommandEntry];
  const called = commands.find(({ name }) => name === first) ?? standard;
  for (const entry of commands) {
    const options = first === 'help' || entry === called ? await entry.options() : undefined;
    const command = await addCommand(lrfind, entry, options);
    if (entry !== standard || !options) continue;
    lrfind.addHelpText(
      'after',
      () => `\nThe default command:\n\n${command.helpInformation()}${wrapHelp(options.help ?? '')}`,
    );
  }
  return lrfind;
}

/** A command in a list of commands: its name and arguments. */
function subcommandTerm(command: Command): string {
  const terms = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...terms].join(' ');
}

/** @param options undefined for a command that is not called */
async function addCommand(parent: Command, entry: CommandEntry, options?: CommandOptions): Promise<Command> {
  const { name, description, argument, run, commands: within = [] } = entry;
  const isDefault = entry === commands[0];
  const command = parent.command(name, { isDefault }).description(description);
  if (argument) command.argument(...argument);
  if (!options) return command;
  const meant = [...(isDefault ? commands : []), ...within].map((each) => each.name);
  if (!argument?.[0].includes('...')) refuseArguments(command, argument ? 1 : 0, meant);
  if (options.help) command.addHelpText('after', wrapHelp(options.help));
  addFlags(command, options.flags);
  command.action((...given: unknown[]) =>
    argument ? run(given[1] as Flags, given[0] as never) : run(given[0] as Flags, undefined as never),
  );
  for (const each of within) await addCommand(command, each, await each.options());
  return command;
}
