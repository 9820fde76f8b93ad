import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { flags as analyseFlags } from '../src/analyse/options.js';
import { installFlags, listFlags } from '../src/backend/options.js';
import { flags as compareFlags } from '../src/compare/options.js';
import { ConfigOptions } from '../src/config/options.js';
import { flags as dataFlags } from '../src/data/options.js';
import { flags as findFlags } from '../src/find/options.js';
import { flags as loopFlags } from '../src/loop/options.js';
import { flags as openFlags } from '../src/open/options.js';
import { flags as plotFlags } from '../src/plot/options.js';
import { flags as queueFlags } from '../src/queue/options.js';
import { flags as reportFlags } from '../src/report/options.js';
import { flags as scheduleFlags } from '../src/schedule/options.js';
import { type FlagGroups, flagName, flagOf } from '../src/shared/flags.js';
import { flags as trainFlags } from '../src/train/options.js';
import { flags as transferFlags } from '../src/transfer/options.js';
import { flags as uiFlags } from '../src/ui/options.js';
import { flags as workerFlags } from '../src/worker/options.js';
import { lrfind } from './command.js';

const configuration: FlagGroups[number] = ['Configuration:', ConfigOptions];

const commands: [name: string, flags: FlagGroups][] = [
  ['find', [...findFlags, configuration]],
  ['train', [...trainFlags, configuration]],
  ['compare', [...compareFlags, configuration]],
  ['worker', workerFlags],
  ['queue', queueFlags],
  ['data', [...dataFlags, configuration]],
  ['analyse', analyseFlags],
  ['loop', loopFlags],
  ['plot', plotFlags],
  ['report', reportFlags],
  ['ui', uiFlags],
  ['open', openFlags],
  ['schedule', scheduleFlags],
  ['transfer', transferFlags],
  ['backend', listFlags],
  ['backend install', installFlags],
  ['backend uninstall', []],
  ['completion', []],
];

/** The parts of a schema that help shows. */
interface Shown {
  readonly description?: string;
  readonly off?: string;
  readonly negation?: string;
  readonly short?: string;
  readonly default?: unknown;
}

/** The help of a command: the text of each flag, line breaks removed, by the flag's long form. */
async function flagTexts(command: string): Promise<Map<string, string>> {
  const { code, stdout, stderr } = await lrfind(...command.split(' '), '--help');
  expect([code, stderr]).toEqual([0, '']);
  const texts = new Map<string, string>();
  let flag: string | undefined;
  for (const line of stdout.split('\n')) {
    const start = /^ {2}((?:-\w, )?(--[\w-]+).*)$/.exec(line);
    flag = start ? start[2] : /^ {4,}\S/.test(line) ? flag : undefined;
    if (flag !== undefined) texts.set(flag, `${texts.get(flag) ?? ''} ${line.trim()}`.trim().replaceAll(/\s+/g, ' '));
  }
  return texts;
}

/** The commands that a help lists. */
const listed = (help: string) =>
  [...(/^Commands:\n((?: .*\n)+)/m.exec(help)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);

test('there is help for every command, and help lists them all', async () => {
  const { stdout } = await lrfind('--help');
  expect(listed(stdout)).toEqual(commands.map(([name]) => name).filter((name) => !name.includes(' ')));
  expect(listed((await lrfind('backend', '--help')).stdout)).toEqual(['install', 'uninstall']);
});

test('the help of lrfind is a page, the same for no arguments, help, --help and -h', async () => {
  const { code, stdout, stderr } = await lrfind();
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.split('\n').length).toBeLessThanOrEqual(50);
  for (const word of ['help', '--help', '-h']) expect(await lrfind(word)).toEqual({ code, stdout, stderr });
});

test.each(commands.map(([name]) => name))('"lrfind help %s" is its help, with an example', async (name) => {
  const words = name.split(' ');
  const shown = await lrfind('help', ...words);
  expect(shown).toEqual(await lrfind(...words, '--help'));
  expect(shown.stdout).toContain('$ lrfind ');
});

test.each([
  ['a command that does not exist', 'comapre', 'unknown command "comapre"; did you mean lrfind compare?'],
  ['a command that is a flag', 'version', 'unknown command "version"; did you mean lrfind --version?'],
  ['a command like none', 'zzzzzzzz', 'unknown command "zzzzzzzz"'],
  ['a file', 'model.json data.csv', 'unknown command "model.json". Files follow an option: --model model.json'],
  ['help of what does not exist', 'help nosuch', 'unknown command "nosuch"'],
  ['help of a command within that does not exist', 'help backend instal', 'did you mean lrfind backend install?'],
  ['a command within that does not exist', 'backend instal', 'did you mean lrfind backend install?'],
  [
    'an option that does not exist',
    'train --lrr 3',
    'unknown option --lrr; did you mean --lr?\nRun lrfind train --help',
  ],
  [
    'an option of the default command',
    '--lossy',
    'unknown option --lossy; did you mean --loss?\nRun lrfind find --help',
  ],
  [
    'an option without its value',
    'compare --data',
    '-d, --data <path> must have a value; got none\nRun lrfind compare',
  ],
  ['an argument that is left out', 'plot', '<result.json> must be given: a result written with --out result.json'],
  ['arguments that are left out', 'report -o x.html', '<results> must be given: results of lrfind'],
])('%s is one message with exit code 2', async (_, words, expected) => {
  const { code, stdout, stderr } = await lrfind(...words.split(' '));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.startsWith('lrfind: ')).toBe(true);
  expect(stderr).toContain(expected);
});

test.each([...commands.map(([name]) => name), ''])(
  'the lines of "lrfind %s --help" fit into 80 columns',
  async (name) => {
    const { stdout } = await lrfind(...name.split(' ').filter(Boolean), '--help');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test('a long example in help goes on after a backslash, so that it can be copied', async () => {
  const { stdout } = await lrfind('train', '--help');
  expect(stdout).toContain(
    '  $ lrfind train -m model.json -d data.csv --schedule "one-cycle(0.02)" \\\n      --optimizer adam --save trained\n',
  );
});

describe.each(commands)('the help of %s', (command, flags) => {
  const declared = flags.flatMap(([, schema]) =>
    Object.entries(schema.properties).map(([name, option]) => ({
      name,
      option: option as TSchema & Shown,
      required: schema.required?.includes(name) === true && (option as Shown).default === undefined,
    })),
  );

  test('has every flag, and no other', async () => {
    const long = ({ name, option }: (typeof declared)[0]) =>
      option.off === undefined ? flagOf(name, option) : flagName(name).replace('--', '--no-');
    // A switch that is on for some optimizers and off for others has both forms.
    const negated = declared.filter(({ option }) => option.negation !== undefined);
    const off = negated.map(({ name }) => flagName(name).replace('--', '--no-'));
    const expected = [...declared.map(long), ...off, '--help'];
    expect([...(await flagTexts(command)).keys()].toSorted()).toEqual(expected.toSorted());
  });

  test('has the description, the default and the short form of each, and marks required ones', async () => {
    const texts = await flagTexts(command);
    for (const { name, option, required } of declared) {
      const { description, off, short, default: standard } = option;
      const text = texts.get(
        off === undefined ? flagOf(name, option) : flagName(name).replace('--', '--no-'),
      ) as string;
      expect(text.startsWith(short ? `-${short}, --` : '--'), name).toBe(true);
      expect(description, name).toMatch(/\S{3}/);
      if (off !== undefined) {
        expect(standard, name).toBe(true);
        expect(text.endsWith(` ${off}`), name).toBe(true);
        expect(text, name).not.toContain(description);
        continue;
      }
      expect(text, name).toContain(` ${description}`);
      expect(text.endsWith('(required)'), name).toBe(required);
      if (typeof standard === 'number' || typeof standard === 'string')
        expect(text.endsWith(`(default: ${standard})`), name).toBe(true);
      // What is off, or an empty list, unless given needs no word; what is on by default could not be turned off.
      else if (option.negation === undefined)
        expect([undefined, false, '[]']).toContain(Array.isArray(standard) ? JSON.stringify(standard) : standard);
    }
  });
});

test('the command after -- is the command that is called', async () => {
  const { code, stderr } = await lrfind('--', 'compare');
  expect([code, stderr]).toEqual([2, (await lrfind('compare')).stderr]);
});

test('--no-… flags say what they turn off', async () => {
  expect((await flagTexts('find')).get('--no-progress')).toBe('--no-progress hide the progress bar');
  expect((await flagTexts('train')).get('--no-progress')).toBe('--no-progress do not print the epochs');
  expect((await flagTexts('backend install')).get('--no-progress')).toBe('--no-progress hide the progress');
});

test('required flags are marked', async () => {
  const required = async (command: string) =>
    [...(await flagTexts(command))].filter(([, text]) => text.endsWith('(required)')).map(([flag]) => flag);
  for (const command of ['find', 'train', 'compare']) expect(await required(command)).toEqual(['--model', '--data']);
  for (const command of ['plot', 'report']) expect(await required(command)).toEqual(['--out']);
  for (const command of ['schedule', 'backend', 'backend install']) expect(await required(command)).toEqual([]);
});

test('the examples of help are commands that exist, with flags that exist', async () => {
  for (const command of [...commands.map(([name]) => name), '']) {
    const { stdout } = await lrfind(...command.split(' ').filter(Boolean), '--help');
    for (const [, line = ''] of stdout.matchAll(/^ {2}\$ lrfind (.*)$/gm)) {
      const [first = '', second] = line.split(' ');
      const named = (wanted: string) => commands.find(([known]) => known === wanted);
      const [name, flags] = named(`${first} ${second}`) ?? named(first) ?? (commands[0] as (typeof commands)[0]);
      const known = flags.flatMap(([, schema]) =>
        Object.entries(schema.properties).flatMap(([option, schema]: [string, Shown]) => [
          flagOf(option, schema),
          `-${schema.short}`,
        ]),
      );
      // Schedules in quotation marks, and what a pipe leads to, have no flags of lrfind.
      const used =
        line
          .replaceAll(/"[^"]*"/g, '')
          .replace(/\|.*/, '')
          .match(/(?<=\s|^)--?[a-z][\w-]*/g) ?? [];
      for (const flag of used) expect(known, `${name}: ${line}`).toContain(flag);
    }
  }
});
