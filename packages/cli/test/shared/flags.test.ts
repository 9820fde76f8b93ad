import { InputError } from '@lrfind/core';
import { choice, closed } from '@lrfind/core/options';
import { Command } from 'commander';
import Type from 'typebox';
import { describe, expect, test } from 'vitest';
import { repeatableRandom } from '../../../data/test/temporary-files.js';
import { addFlags } from '../../src/shared/add-flags.js';
import { flagOptions, listTexts, splitList } from '../../src/shared/flag-values.js';
import { flagName } from '../../src/shared/flags.js';
import { lrfind } from '../command.js';

describe('splitList', () => {
  test.each<[text: string, items: string[]]>([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a, b ,c', ['a', 'b', 'c']],
    ['', ['']],
    ['a,', ['a', '']],
    [',,', ['', '', '']],
    [' a ', [' a ']],
    ['a b', ['a b']],
    ['cosine(0.1, steps=100)', ['cosine(0.1, steps=100)']],
    ['cosine(0.1, steps=100), 0.1', ['cosine(0.1, steps=100)', '0.1']],
    ['join([a(1, 2), b(3)], at=[5, 6]),c', ['join([a(1, 2), b(3)], at=[5, 6])', 'c']],
    ['a\\,b', ['a,b']],
    ['a\\,b,c', ['a,b', 'c']],
    ['a\\b,c', ['a\\b', 'c']],
    ['(a\\,b)', ['(a,b)']],
    ['(a,b', ['(a,b']],
    ['a),b', ['a)', 'b']],
    ['[a),b', ['[a)', 'b']],
    ['ä,🙂', ['ä', '🙂']],
  ])('%j is %j', (text, items) => {
    expect(splitList(text)).toEqual(items);
  });
});

describe('listTexts', () => {
  test.each<[items: string[], texts: string[]]>([
    [['a'], ['a']],
    [['a', 'b'], ['a,b']],
    [['cosine(0.1, steps=9)', '0.1'], ['cosine(0.1, steps=9),0.1']],
    [['a,b', 'c'], ['a\\,b,c']],
    [
      [' a', 'b'],
      [' a', 'b'],
    ],
    [
      ['a\\', 'b'],
      ['a\\', 'b'],
    ],
    [
      ['(a', 'b'],
      ['(a', 'b'],
    ],
    [[''], ['']],
    [['', 'a'], [',a']],
    [[], []],
  ])('%j is given as %j', (items, texts) => {
    expect(listTexts(items)).toEqual(texts);
  });

  test('splitList reads back every list', () => {
    const random = repeatableRandom(13);
    const letters = [...', ()[]\\ab-', '\n', '🙂'];
    const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
    const some = (most: number) => Array.from({ length: Math.floor(random() * (most + 1)) });
    let joined = 0;
    for (let i = 0; i < 20_000; i++) {
      const items = some(4).map(() =>
        some(6)
          .map(() => pick(letters))
          .join(''),
      );
      const texts = listTexts(items);
      expect(texts.flatMap(splitList), JSON.stringify(items)).toEqual(items);
      joined += Number(texts.length === 1 && items.length > 1);
    }
    // Most lists of several items must not fall back to one text for each.
    expect(joined).toBeGreaterThan(2000);
  });
});

const schema = Type.Object(
  {
    path: Type.String({ short: 'p', placeholder: 'path', description: 'a file to read' }),
    names: Type.Array(Type.String(), { short: 'n', placeholder: 'names', default: [], description: 'some names' }),
    sizes: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { placeholder: 'numbers', description: 'sizes' })),
    maxRate: Type.Number({ exclusiveMinimum: 0, default: 0.5, description: 'the highest rate' }),
    kind: choice(['one', 'two'], { default: 'one', description: 'a choice' }),
    dark: Type.Boolean({ default: false, description: 'draw dark' }),
    progress: Type.Boolean({ default: true, off: 'hide the progress', description: 'show the progress' }),
    title: Type.Optional(Type.String({ description: 'a title (default: none)' })),
  },
  closed,
);

/** A command with these flags. */
function command(): Command {
  const made = new Command('try').exitOverride().configureOutput({ writeErr: () => {} });
  addFlags(made, [['Flags:', schema]]);
  return made;
}

/** The options of a command line. */
const parsed = (...argv: string[]) => flagOptions(schema, command().parse(argv, { from: 'user' }).opts());

const defaults = { path: 'x', names: [], maxRate: 0.5, kind: 'one', dark: false, progress: true };

describe('flags become options', () => {
  test('defaults are filled in', () => {
    expect(parsed('--path', 'x')).toEqual(defaults);
  });

  test('text is converted to the declared types', () => {
    const argv = ['--path', '7', '--max-rate', ' 1e-3 ', '--kind', 'two', '--dark', '--title', ' a, b '];
    expect(parsed(...argv)).toEqual({
      ...{ ...defaults, path: '7', maxRate: 1e-3, kind: 'two', dark: true, title: ' a, b ' },
    });
  });

  test('lists have commas, and a flag may be repeated', () => {
    expect(parsed('-p', 'x', '--names', 'a, b', '-n', 'c(1, 2),d\\,e').names).toEqual(['a', 'b', 'c(1, 2)', 'd,e']);
    expect(parsed('-p', 'x', '--sizes', '1,2', '--sizes', ' 3 ').sizes).toEqual([1, 2, 3]);
  });

  test('short forms are the same flags', () => {
    expect(parsed('-p', 'x', '-n', 'a,b')).toEqual(parsed('--path', 'x', '--names', 'a,b'));
    expect(parsed('-px')).toEqual(parsed('--path=x'));
  });

  test('--no-… turns off what is on by default', () => {
    expect(parsed('-p', 'x', '--no-progress').progress).toBe(false);
    expect(() => parsed('-p', 'x', '--progress')).toThrow(/unknown option '--progress'/);
    expect(() => parsed('-p', 'x', '--no-dark')).toThrow(/unknown option '--no-dark'/);
  });

  test('a required flag that is missing is named with its description', () => {
    expect(() => parsed()).toThrow(new InputError('--path must be given: a file to read'));
    expect(() => parsed('--dark')).toThrow(InputError);
    expect(parsed('--path', '').path).toBe('');
    const lists = Type.Object({ fromFiles: Type.Array(Type.String(), { description: 'files to read' }) }, closed);
    expect(() => flagOptions(lists, {})).toThrow(new InputError('--from-files must be given: files to read'));
  });

  test.each<[argv: string[], message: string]>([
    [['--max-rate', '0'], '--max-rate must be a number above 0; got 0'],
    [['--max-rate', 'much'], '--max-rate must be a number above 0; got "much"'],
    [['--max-rate', ''], '--max-rate must be a number above 0; got ""'],
    [['--max-rate', 'NaN'], '--max-rate must be a number above 0; got "NaN"'],
    [['--kind', 'three'], '--kind must be one of one, two; got "three"'],
    [['--sizes', '1,x'], '--sizes must be a whole number at least 1; got "x"'],
    [['--sizes', '1,,2'], '--sizes must be a whole number at least 1; got ""'],
    [['--sizes', '1,0'], '--sizes must be a list, each a whole number at least 1; got [1,0]'],
  ])('%j is refused', (argv, message) => {
    expect(() => parsed('-p', 'x', ...argv)).toThrow(new InputError(message));
  });

  test('names are in kebab case, and digits stay where they are', () => {
    expect(['startLr', 'beta1', 'fromKeras', 'out'].map(flagName)).toEqual([
      '--start-lr',
      '--beta1',
      '--from-keras',
      '--out',
    ]);
  });
});

test('the help of a flag has its value, its short form, its description and its default', () => {
  const lines = command().configureHelp({ helpWidth: 200 }).helpInformation().split('\n');
  const shown = lines.filter((line) => /^ {2}-/.test(line)).map((line) => line.trim().replace(/ {2,}/, ' | '));
  expect(lines).toContain('Flags:');
  expect(shown).toEqual([
    '-p, --path <path> | a file to read (required)',
    '-n, --names <names> | some names',
    '--sizes <numbers> | sizes',
    '--max-rate <number> | the highest rate (default: 0.5)',
    '--kind <one|two> | a choice (default: one)',
    '--dark | draw dark',
    '--no-progress | hide the progress',
    '--title <name> | a title (default: none)',
    '-h, --help | display help for command',
  ]);
});

describe('an argument that belongs to no flag is refused, with how to write lists', () => {
  test.each([
    ['a.png', ['find', '--out', 'b.png', 'a.png']],
    ['0.01', ['compare', '--lr', '0.1', '0.01']],
    ['model.json', ['train', 'model.json']],
    ['b.json', ['plot', 'a.json', 'b.json', '-o', 'c.png']],
    ['b.png', ['plot', 'a.json', '-o', 'a.png', 'b.png']],
    ['now', ['backend', 'install', 'now']],
  ])('%s of lrfind %j', async (stray, argv) => {
    expect(await lrfind(...argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: `lrfind: every argument must belong to an option; got ${stray}. Write lists with commas: --lr 0.1,0.01\n`,
    });
  });

  test('before anything else is checked, and not for help', async () => {
    expect((await lrfind('train', 'model.json', '--epochs', 'none')).stderr).toMatch(/^lrfind: every argument must/);
    expect((await lrfind('train', 'model.json', '--help')).code).toBe(0);
  });
});

test.each([
  [['find', '--seeds', '5'], '--seeds is called --repeats now'],
  [['compare', '--seeds=5'], '--seeds is called --repeats now'],
  [['schedule', '--keras', 'a.json'], '--from-keras'],
  [['schedule', '--run', 'a.json'], '--from-result'],
])('lrfind %j is refused with the present name of the flag, which help alone shows', async (argv, now) => {
  const { code, stderr } = await lrfind(...argv);
  expect(code).toBe(2);
  expect(stderr).toContain(now);
  expect((await lrfind(argv[0] as string, '--help')).stdout).not.toMatch(/--(seeds|keras|run)\b/);
});
