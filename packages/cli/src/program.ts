import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { InstallOptions, ListOptions } from './backend/options.js';
import { compareFlags, compareHelp } from './compare/options.js';
import { findFlags } from './find/options.js';
import { addFlags } from './shared/flags.js';
import { PlotOptions } from './shared/picture-options.js';
import { ReportOptions, reportHelp } from './report/options.js';
import { scheduleFlags, scheduleHelp } from './schedule/options.js';
import { trainFlags, trainHelp } from './train/options.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The command line as a commander program: every command with its flags. Commands are loaded when they are called. */
export function program(): Command {
  const lrfind = new Command('lrfind')
    .description('Finds a learning rate for a TensorFlow.js model: a model and a table in, a rate and a picture out.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Run lrfind --help for all options.')
    .configureHelp({ showGlobalOptions: false });

  const find = lrfind
    .command('find', { isDefault: true })
    .description(
      'Trains the model for a few hundred steps at rising rates and reads the best rate off the loss (the default command).',
    )
    .addHelpText('after', examples)
    .action(async (flags) => (await import('./find/command.js')).find(flags));
  for (const [heading, schema] of findFlags) addFlags(find, heading, schema);

  lrfind.addHelpText('after', () => `\nThe default command:\n\n${find.helpInformation()}${examples}`);

  const train = lrfind
    .command('train')
    .description('Trains the model with a rate or a schedule, and says after every epoch how it does.')
    .addHelpText('after', trainHelp)
    .action(async (flags) => (await import('./train/command.js')).train(flags));
  for (const [heading, flags] of trainFlags) addFlags(train, heading, flags);

  const compare = lrfind
    .command('compare')
    .description(
      'Trains the model with several rates, schedules, optimizers or batch sizes on equal terms, and ranks them.',
    )
    .addHelpText('after', compareHelp)
    .action(async (flags) => (await import('./compare/command.js')).compare(flags));
  for (const [heading, flags] of compareFlags) addFlags(compare, heading, flags);

  const plot = lrfind
    .command('plot')
    .description('Draws a stored result again, or writes it as a table.')
    .argument('<result.json>', 'a result written by lrfind --out result.json')
    .action(async (path, flags) => (await import('./plot/command.js')).plot(path, flags));
  addFlags(plot, 'Output:', PlotOptions);

  const report = lrfind
    .command('report')
    .description('Makes one HTML page of stored results: answers, charts, tables, and how to make them again.')
    .argument('<results...>', 'results written by lrfind, lrfind train or lrfind compare with --out result.json')
    .addHelpText('after', reportHelp)
    .action(async (paths, flags) => (await import('./report/command.js')).report(paths, flags));
  addFlags(report, 'Output:', ReportOptions);

  const schedule = lrfind
    .command('schedule')
    .description(
      'Shows the learning rate of every step of a training under one or several schedules, without training.',
    )
    .argument('[schedules...]', 'schedules as text, each in quotation marks: a kind with its parameters, or a number')
    .addHelpText('after', scheduleHelp)
    .action(async (texts, flags) => (await import('./schedule/command.js')).schedule(texts, flags));
  for (const [heading, flags] of scheduleFlags) addFlags(schedule, heading, flags);

  const backend = lrfind
    .command('backend')
    .description('Lists where tensors can be computed on this machine, and why not; installs TensorFlow.')
    .action(async (flags) => (await import('./backend/command.js')).list(flags));
  addFlags(backend, 'List:', ListOptions);
  const install = backend
    .command('install')
    .description("Fetches TensorFlow through your own pip into lrfind's cache folder.")
    .action(async (flags) => (await import('./backend/command.js')).install(flags));
  addFlags(install, 'Install:', InstallOptions);
  backend
    .command('uninstall')
    .description('Removes the TensorFlow that lrfind has installed.')
    .action(async () => (await import('./backend/command.js')).uninstall());
  return lrfind;
}

const examples = `
Examples:
  $ lrfind --model model.json --data data.csv
  $ lrfind --model model.json --data data.csv --target price --optimizer sgd --momentum 0.9 --out run.png run.json
  $ lrfind --model model.json --data data.csv --json | jq .suggestion.learningRate
  $ lrfind plot run.json --out run.svg --dark
  $ lrfind report run.json --out report.html
  $ lrfind schedule "cosine(0.1, steps=1000, warmup=100)" --out schedule.png`;
