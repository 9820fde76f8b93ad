import type { CommandEntry } from './command-entry.js';
import { configured } from './config/configured.js';

/** Every command, in the order of help. The first is the default. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'find',
    description: 'Search for the learning rate by training a few hundred steps at rising rates (the default command).',
    options: configured(() => import('./find/options.js')),
    isConfigurable: true,
    run: async (flags) => (await import('./find/command.js')).find(flags),
  },
  {
    name: 'train',
    description: 'Train the model with a rate or a schedule, and print loss and metrics after every epoch.',
    options: configured(() => import('./train/options.js')),
    isConfigurable: true,
    run: async (flags) => (await import('./train/command.js')).train(flags),
  },
  {
    name: 'compare',
    description: 'Train with several rates, schedules, callbacks, optimizers or batch sizes on equal terms; rank them.',
    options: configured(() => import('./compare/options.js')),
    isConfigurable: true,
    run: async (flags) => (await import('./compare/command.js')).compare(flags),
  },
  {
    name: 'worker',
    description: 'Train for lrfind compare --queue on this machine.',
    options: () => import('./worker/options.js'),
    run: async (flags) => (await import('./worker/command.js')).worker(flags),
  },
  {
    name: 'queue',
    description: 'Show what a queue holds and which workers there are.',
    options: () => import('./queue/options.js'),
    run: async (flags) => (await import('./queue/command.js')).queue(flags),
  },
  {
    name: 'data',
    description: 'Show what is understood of a table before training: columns, target, loss, and what does not fit.',
    argument: ['[table]', 'the table, in place of --data'],
    options: configured(() => import('./data/options.js')),
    isConfigurable: true,
    run: async (flags, path?: string) => (await import('./data/command.js')).data(path, flags),
  },
  {
    name: 'analyse',
    description: 'Read the answer from losses that any other program has recorded while its learning rate rose.',
    argument: ['<losses>', 'a table with a row for each step: rate, loss and seed; - for standard input'],
    options: () => import('./analyse/options.js'),
    run: async (flags, path: string) => (await import('./analyse/command.js')).analyse(path, flags),
  },
  {
    name: 'loop',
    description: 'Search with a training loop in any language: a program that answers lines of JSON.',
    argument: ['<program...>', 'the program and its arguments, after --'],
    passesArguments: true,
    options: () => import('./loop/options.js'),
    run: async (flags, program: string[]) => (await import('./loop/command.js')).loop(program, flags),
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
    name: 'ui',
    description: 'Find a rate in a browser, for a model and a table.',
    options: () => import('./ui/options.js'),
    run: async (flags) => (await import('./ui/command.js')).ui(flags),
  },
  {
    name: 'open',
    description: 'Show stored results in a browser, also side by side.',
    argument: ['<results...>', 'results of lrfind, lrfind train or lrfind compare, written with --out result.json'],
    options: () => import('./open/options.js'),
    run: async (flags, paths: string[]) => (await import('./open/command.js')).open(paths, flags),
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
    options: async () => {
      const { listFlags, listHelp } = await import('./backend/options.js');
      return { flags: listFlags, help: listHelp };
    },
    run: async (flags) => (await import('./backend/command.js')).list(flags),
    commands: [
      {
        name: 'install',
        description: "Download TensorFlow with your own pip into lrfind's cache folder.",
        options: async () => {
          const { installFlags, installHelp } = await import('./backend/options.js');
          return { flags: installFlags, help: installHelp };
        },
        run: async (flags) => (await import('./backend/command.js')).install(flags),
      },
      {
        name: 'uninstall',
        description: 'Remove the TensorFlow that lrfind installed.',
        options: async () => ({ flags: [], help: (await import('./backend/options.js')).uninstallHelp }),
        run: async () => (await import('./backend/command.js')).uninstall(),
      },
    ],
  },
  {
    name: 'completion',
    description: 'Print the script with which a shell completes commands, options and their values.',
    argument: ['<shell>', 'bash, zsh, fish or powershell'],
    options: () => import('./completion/options.js'),
    run: async (_flags, shell: string) => (await import('./completion/command.js')).completion(shell),
  },
];
