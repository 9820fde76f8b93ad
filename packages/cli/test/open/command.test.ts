import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sideBySide } from '../../src/open/side-by-side.js';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { evaluation, storedComparison, storedTraining, trained } from '../stored-trainings.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const sweep = storedSweep({ low: 0.001, high: 0.1 }, 0.01);

test.each<[what: string, argv: (files: typeof here) => string[], message: RegExp]>([
  ['without results', () => [], /^lrfind: <results> must be given/],
  ['for a missing file', ({ path }) => [path('no.json')], /^lrfind: no such file: .*no\.json/],
  ['for what is no result', ({ model }) => [model], /model\.json is not a result of lrfind/],
  ['for a file that is given twice', ({ path }) => [path('a.json'), path('a.json')], /open must get each file once/],
  [
    'for a port that cannot be',
    ({ path }) => [path('a.json'), '--port', '65536'],
    /^lrfind: --port must be .*65536\n$/,
  ],
])('open is refused %s', async (_, argv, message) => {
  here.put('a.json', sweep);
  const { code, stdout, stderr } = await lrfind('open', ...argv(here));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('a port that is in use is a mistake, found before anything is computed', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  here.put('a.json', sweep);
  const inUse = `lrfind: --port must be a port of 127.0.0.1 that is free; got ${port}, which another program uses\n`;
  expect(await lrfind('open', here.path('a.json'), '--port', port)).toEqual({ code: 2, stdout: '', stderr: inUse });
  // The target, which is not there, would be the next thing to be missed.
  const argv = ['-m', here.model, '-d', here.data, '--target', 'nowhere', '--open', '--port', port];
  for (const command of ['find', 'train']) expect((await lrfind(command, ...argv)).stderr).toBe(inUse);
  expect((await lrfind('compare', ...argv, '--lr', '0.1,0.01')).stderr).toBe(inUse);
  other.close();
});

test('a port without a page is a mistake', async () => {
  const { code, stderr } = await lrfind('-m', here.model, '-d', here.data, '--port', 8080);
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'lrfind: --port must be left out without --open; got 8080\n' });
});

test('several results have a panel each and a table of what differs; what they share is left out', async () => {
  const other = {
    ...sweep,
    suggestion: { ...(sweep.suggestion as object), learningRate: 0.5 } as typeof sweep.suggestion,
    setup: { ...sweep.setup, optimizer: { name: 'adam' } },
    options: { repeats: 3, batchSize: 8 },
  };
  const first = { ...sweep, options: { repeats: 3, batchSize: 32 } };
  const { panels, table, title } = await sideBySide([
    { result: first, file: 'a.json' },
    { result: other, file: 'b.json' },
  ]);
  expect(title).toBe('2 results side by side');
  expect(panels.map(({ title, note, mark }) => [title, note, mark?.text])).toEqual([
    ['a.json', 'Train with a learning rate of 0.01.', '0.01'],
    ['b.json', 'Train with a learning rate of 0.5.', '0.5'],
  ]);
  expect(table?.columns).toEqual(['what', 'a.json', 'b.json']);
  expect(table?.rows).toEqual([
    ['answer', 'Train with a learning rate of 0.01.', 'Train with a learning rate of 0.5.'],
    ['optimizer', 'sgd', 'adam'],
    ['batchSize', '32', '8'],
  ]);
});

test('results of every kind have curves; a single one is its report alone', async () => {
  const training = storedTraining([evaluation(1, 0.5, 0.25, 0.75), evaluation(2, 0.4, 0.2, 0.8)]);
  const comparison = storedComparison({
    a: [trained(0, [evaluation(1, 0.5, 1)])],
    b: [trained(0, [evaluation(1, 2, 3)])],
  });
  const { panels } = await sideBySide([
    { result: training, file: 't.json' },
    { result: comparison, file: 'c.json' },
  ]);
  expect(panels[0]?.lines.map(({ label, points }) => [label, points.length])).toEqual([
    ['training rows', 2],
    ['validation rows', 2],
  ]);
  expect(panels[1]?.lines.map(({ label, style }) => [label, style])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  expect(await sideBySide([{ result: training, file: 't.json' }])).toMatchObject({
    title: 'Training of m',
    panels: [],
  });
});
