import { version } from '@lrfind/core';
import { Command } from 'commander';
import { installFlags, listFlags } from './backend/options.js';
import { compareFlags, compareHelp } from './compare/options.js';
import { findFlags, findHelp } from './find/options.js';
import { plotFlags, plotHelp } from './plot/options.js';
import { reportFlags, reportHelp } from './report/options.js';
import { scheduleFlags, scheduleHelp } from './schedule/options.js';
import { addFlags, type FlagGroups, refuseArguments } from './shared/flags.js';
import { trainFlags, trainHelp } from './train/options.js';

type Flags = Readonly<Record<string, unknown>>;

/** A command: its name and arguments, its help, and the function that runs it. */
interface CommandEntry {
  readonly name: string;
  readonly description: string;
  readonly flags: FlagGroups;
  /** Help after the flags. */
  readonly help?: string;
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
    flags: findFlags,
    help: findHelp,
    run: async (flags) => (await import('./find/command.js')).find(flags),
  },
  {
    name: 'train',
    description: 'Train the model with a rate or a schedule, and print loss and metrics after every epoch.',
    flags: trainFlags,
    help: trainHelp,
    run: async (flags) => (await import('./train/command.js')).train(flags),
  },
  {
    name: 'compare',
    description:
      'Train the model with several rates, schedules, optimizers or batch sizes on equal terms, and rank them.',
    flags: compareFlags,
    help: compareHelp,
    run: async (flags) => (await import('./compare/command.js')).compare(flags),
  },
  {
    name: 'plot',
    description: 'Draw a stored result again, or write it as a table.',
    argument: ['<result.json>', 'a result written with --out result.json'],
    flags: plotFlags,
    help: plotHelp,
    run: async (flags, path: string) => (await import('./plot/command.js')).plot(path, flags),
  },
  {
    name: 'report',
    description: 'Make one HTML page of stored results: answers, charts, tables, and how to reproduce them.',
    argument: ['<results...>', 'results of lrfind, lrfind train or lrfind compare, written with --out result.json'],
    flags: reportFlags,
    help: reportHelp,
    run: async (flags, paths: string[]) => (await import('./report/command.js')).report(paths, flags),
  },
  {
    name: 'schedule',
    description: 'Show the learning rate of every step under one or several schedules, without training.',
    argument: ['[schedules...]', 'schedules as text, each in quotation marks: a kind with its parameters, or a number'],
    flags: scheduleFlags,
    help: scheduleHelp,
    run: async (flags, texts: string[]) => (await import('./schedule/command.js')).schedule(texts, flags),
  },
  {
    name: 'backend',
    description: 'List where this machine can compute and why it cannot elsewhere, or install TensorFlow.',
    flags: listFlags,
    run: async (flags) => (await import('./backend/command.js')).list(flags),
    commands: [
      {
        name: 'install',
        description: "Download TensorFlow with your own pip into lrfind's cache folder.",
        flags: installFlags,
        run: async (flags) => (await import('./backend/command.js')).install(flags),
      },
      {
        name: 'uninstall',
        description: 'Remove the TensorFlow that lrfind installed.',
        flags: [],
        run: async () => (await import('./backend/command.js')).uninstall(),
      },
    ],
  },
];

/** The command line: every command with its flags. */
export function program(): Command {
  const lrfind = new Command('lrfind')
    .description('Finds a learning rate for a TensorFlow.js model: a model and a table in, a rate and a picture out.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Run lrfind --help for all options.')
    .configureHelp({ showGlobalOptions: false });
  const [find] = commands.map((entry, i) => addCommand(lrfind, entry, i === 0)) as [Command];
  lrfind.addHelpText('after', () => `\nThe default command:\n\n${find.helpInformation()}${findHelp}`);
  return lrfind;
}

function addCommand(parent: Command, entry: CommandEntry, isDefault = false): Command {
  const { name, description, argument, flags, help, run, commands: within = [] } = entry;
  const command = parent.command(name, { isDefault }).description(description);
  if (argument) command.argument(...argument);
  const meant = [...(isDefault ? commands : []), ...within].map((each) => each.name);
  if (!argument?.[0].includes('...')) refuseArguments(command, argument ? 1 : 0, meant);
  if (help) command.addHelpText('after', help);
  addFlags(command, flags);
  command.action((...given: unknown[]) =>
    argument ? run(given[1] as Flags, given[0] as never) : run(given[0] as Flags, undefined as never),
  );
  for (const each of within) addCommand(command, each);
  return command;
}
