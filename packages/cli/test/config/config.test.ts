import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import Ajv from 'ajv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands.js';
import { configSchema } from '../../src/config/schema.js';
import { readResult } from '../../src/files/read-result.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** Writes a configuration beside the model and the table. */
function config(options: unknown, name = 'options.json'): string {
  writeFileSync(here.path(name), typeof options === 'string' ? options : JSON.stringify(options));
  return here.path(name);
}

/** The options of the result that a command stores. */
async function optionsOf(...argv: string[]): Promise<Readonly<Record<string, unknown>>> {
  const out = here.path('result.json');
  const { code, stderr } = await lrfind(...argv, '--out', out);
  expect([0, 3], stderr).toContain(code);
  return (await readResult(out)).options;
}

const short = { model: 'model.json', data: 'data.csv', find: { verify: false, steps: 12, repeats: 1 } };

test('options at the top serve every command that has them, those of a command win over them, and flags over both', async () => {
  const path = config({ ...short, seed: 4, batchSize: 8, find: { ...short.find, seed: 5 }, train: { seed: 6 } });
  expect(await optionsOf('find', '--config', path)).toMatchObject({ seed: 5, batchSize: 8, steps: 12, verify: false });
  expect(await optionsOf('find', '--config', path, '--seed', '7', '--steps', '13')).toMatchObject({
    seed: 7,
    steps: 13,
  });
});

test('a list of flags takes the place of that in the file', async () => {
  const path = config({ ...short, suggest: ['valley', 'slide'] });
  expect(await optionsOf('find', '--config', path)).toMatchObject({ suggest: ['valley', 'slide'] });
  expect(await optionsOf('find', '--config', path, '--suggest', 'steep')).toMatchObject({ suggest: ['steep'] });
});

test('paths are those from the folder of the file', async () => {
  const path = config({ ...short, find: { ...short.find, out: 'made.csv' } });
  expect((await lrfind('find', '--config', path)).stderr).toContain(`wrote ${here.path('made.csv')}`);
});

test('what the file gave is said on stderr, as flags that can be copied', async () => {
  const { stderr } = await lrfind('find', '--config', config({ ...short, optimizer: 'sgd' }), '--steps', '20');
  expect(stderr).toContain(
    `options from ${here.path('options.json')}: --model ${here.model} --data ${here.data} --optimizer sgd --no-verify --repeats 1\n`,
  );
  expect((await lrfind('find', '--config', config(short), '--quiet')).stderr).not.toContain('options from');
});

test('a stored run is repeated, to the same result', async () => {
  const first = here.path('first.json');
  const flags = [
    '--no-verify',
    '--steps',
    '14',
    '--repeats',
    '2',
    '--seed',
    '3',
    '--optimizer',
    'sgd',
    '--momentum',
    '0.5',
  ];
  await lrfind('find', '--model', here.model, '--data', here.data, ...flags, '--out', first);
  const again = here.path('again.json');
  await lrfind('--config', first, '--out', again);
  const [{ environment: _, ...one }, { environment: __, ...other }] = [
    await readResult(first),
    await readResult(again),
  ];
  expect(other).toEqual(one);
});

test('lrfind.json in the folder is read without being named, unless --no-config says no', async () => {
  config({ ...short, find: { ...short.find, seed: 9 } }, 'lrfind.json');
  const program = new URL('../../bin/lrfind.js', import.meta.url).pathname;
  const run = (...argv: string[]) => promisify(execFile)(process.execPath, [program, ...argv], { cwd: here.path('.') });
  const { stderr } = await run('find', '--quiet', '--json').catch((error) => error);
  expect(stderr).not.toContain('must be given');
  const refused = await run('find', '--no-config').catch((error) => error);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/^lrfind: --model must be given/)]);
});

describe('bad files: exit code 2, one message', () => {
  test.each<[string, unknown, RegExp]>([
    ['a list', [1], /options\.json must hold an object of options; got \[1\]/],
    ['no JSON', '{"seed": 1,}', /options\.json/],
    ['an option that no command has', { sead: 1 }, /options\.json: unknown option "sead"; did you mean seed\?/],
    ['one that is like no other', { zzzz: 1 }, /options\.json: unknown option "zzzz"; lrfind\.schema\.json has all/],
    ['an option of another command', { find: { lr: 1 } }, /options\.json: find: unknown option "lr"/],
    ['a command that is a text', { find: 'x' }, /options\.json: find must be an object of options; got "x"/],
    ['a text for a number', { seed: 'x' }, /options\.json: seed must be a whole number at least 0.*; got "x"/],
    ['a number out of range', { find: { repeats: 0 } }, /options\.json: find\.repeats must be .* at least 1.*; got 0/],
    ['null', { model: null }, /options\.json: model must be text; got null/],
  ])('%s', async (_, options, message) => {
    const path = config(options);
    const { code, stdout, stderr } = await lrfind('find', '--config', path);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a file that is missing', async () => {
    expect((await lrfind('find', '--config', 'nowhere.json')).stderr).toBe('lrfind: no such file: nowhere.json\n');
  });

  test('a result of another command', async () => {
    const result = here.path('sweep.json');
    await lrfind('find', '--config', config(short), '--out', result);
    expect((await lrfind('train', '--config', result)).stderr).toBe(
      `lrfind: --config ${result} is a result of lrfind, which lrfind find --config ${result} repeats; got lrfind train\n`,
    );
  });
});

describe('the schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../lrfind.schema.json', import.meta.url), 'utf8'));
  const valid = new Ajv({ strict: false }).compile(schema);

  test('that is published follows from the options (node packages/cli/write-config-schema.js writes it)', async () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(await configSchema(commands))));
  });

  test.each([
    [short, true],
    [{ lr: [0.1, 'find'], model: ['a.json', 'b.json'] }, true],
    [{ groups: { 'base*': 0.1 }, verify: '20s' }, true],
    [{ sead: 1 }, false],
    [{ find: { repeats: 'x' } }, false],
    [{ find: { lr: 0.1 } }, false],
  ])('%j is valid: %s', (options, expected) => {
    expect(valid(options)).toBe(expected);
  });

  test('and the command accept the same defaults', async () => {
    for (const command of commands.filter(({ isConfigurable }) => isConfigurable)) {
      const { flags } = await command.options();
      const defaults = flags.flatMap(([, { properties }]) =>
        Object.entries(properties as Record<string, { default?: unknown }>).flatMap(([name, option]) =>
          option.default === undefined ? [] : [[name, option.default] as const],
        ),
      );
      const options = Object.fromEntries(defaults);
      expect(valid(options), command.name).toBe(true);
      const { stderr } = await lrfind(command.name, '--config', config(options));
      expect(stderr).toMatch(/lrfind: --(model|data) must be given/);
    }
  });
});
