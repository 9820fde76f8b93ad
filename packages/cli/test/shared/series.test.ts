import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
let files: string[];
beforeEach(() => {
  here = workspace();
  const rows = Array.from({ length: 120 }, (_, i) => `${Math.cos(i).toFixed(4)},${Math.sin(i / 4).toFixed(4)}`);
  const data = here.put('hourly.csv', ['x,y', ...rows, ''].join('\n'));
  const flat = { class_name: 'Flatten', config: { name: 'flatten', batch_input_shape: [null, 6, 2] } };
  const out = { class_name: 'Dense', config: { name: 'out', units: 1, activation: 'linear' } };
  const topology = { class_name: 'Sequential', config: { name: 'windows', layers: [flat, out] } };
  files = ['--model', here.put('windows.json', { modelTopology: topology }), '--data', data, '--window', '6'];
});
afterEach(() => here.remove());

const json = (name: string) => JSON.parse(readFileSync(here.path(name), 'utf8'));

test('find tries its answer on the last rows, and the result says which command makes it again', async () => {
  const { code } = await lrfind(
    ...files,
    '--steps',
    30,
    '--repeats',
    2,
    '--verify',
    '60',
    '--out',
    here.path('a.json'),
  );
  expect(code).toBe(0);
  const { setup, options } = json('a.json');
  // 96 rows to train on give 96 − 6 windows, 24 to validate on 18.
  expect([setup.rows, setup.validationRows]).toEqual([90, 18]);
  expect(options).toMatchObject({ window: 6, validationSplit: 0 });
  const again = await lrfind('data', ...files, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ inputs: [[6, 2]], misfits: [] });
});

test('train holds out the last share, tests all windows of another file, and resumes; compare ranks by the same windows', async () => {
  const own = ['--lr', '0.01', '--epochs', '2', '--validation-split', '0.25', '--test', here.path('hourly.csv')];
  const trained = await lrfind('train', ...files, ...own, '--out', here.path('t.json'));
  expect(trained.code).toBe(0);
  const { setup, options, test: tested } = json('t.json');
  expect([setup.rows, setup.validationRows, tested.rows]).toEqual([84, 24, 114]);
  expect(options).toMatchObject({ window: 6, validationSplit: 0.25 });
  const compared = await lrfind(
    'compare',
    ...files,
    '--lr',
    '0.1,0.01',
    '--steps',
    '10',
    '--repeats',
    1,
    '--out',
    here.path('c.json'),
  );
  expect(compared.code).toBe(0);
  expect(json('c.json').setup).toMatchObject({ rows: 90, validationRows: 18 });
});

test('a table to validate on takes the place of the last rows', async () => {
  const { code, stdout } = await lrfind(
    'train',
    ...files,
    '--lr',
    '0.01',
    '--epochs',
    '1',
    '--validation',
    here.path('hourly.csv'),
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout).setup).toMatchObject({ rows: 114, validationRows: 114 });
});

test.each<[string, string[], RegExp]>([
  ['rows held out at random', ['--split', 'random'], /^lrfind: --split must be last, or be left out, with --window/],
  ['windows of another length', ['--window', '7'], /input "\w+" must have the shape \[7, features\]; got \[6, 2\]\n$/],
  ['windows of no row', ['--window', '0'], /^lrfind: --window must be a whole number at least 1; got 0\n$/],
  ['an unknown column of series', ['--series', 'shop'], /series: \S+ has no column "shop"/],
])('%s are refused', async (_, more, message) => {
  const { code, stderr } = await lrfind('train', ...files, '--lr', '0.01', ...more);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test.each([['--horizon', '2'], ['--series', 'x'], ['--exclude-target']])(
  '%s without --window is refused',
  async (...flag) => {
    const { code, stderr } = await lrfind('find', '--model', here.model, '--data', here.data, ...flag);
    expect([code, stderr]).toEqual([2, `lrfind: ${flag[0]} must be given with --window, the rows in a window\n`]);
  },
);
