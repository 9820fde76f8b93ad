import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingResult } from '@lrfind/core/results';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { image, scalar } from '../../src/trackers/tensorboard/event-file.js';
import { tensorBoard } from '../../src/trackers/tensorboard/tensorboard.js';
import type { TrackedResult, TrackedRun } from '../../src/trackers/tracked-result.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';
import { bytesOf, fieldsOf, recordsOf } from './event-reader.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const train = (...argv: (string | number)[]) =>
  lrfind('train', '-m', here.model, '-d', here.data, '--backend', 'wasm', '--lr', 0.05, '--epochs', 2, ...argv);

/** The header of a PNG of 800 by 520 pixels. */
const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000320000002080803000000', 'hex');
const run: TrackedRun = {
  names: [],
  parameters: { learning_rate: 0.5, nesterov: true, optimizer: 'sgd' },
  series: [{ name: 'loss', points: [{ step: 300, value: 0.75, seconds: 2 }] }],
  outcome: 'finished',
  seconds: 3,
};
const result: TrackedResult = {
  command: 'train',
  started: Date.UTC(2026, 0, 2, 3, 4, 5),
  summary: 'loss 0.75',
  json: '{}',
  picture: async () => png,
  runs: [run],
};
const store = async (place: string, stored: TrackedResult) => (await tensorBoard.open(place, '--tensorboard'))(stored);

test('a scalar is encoded as protocol buffers say', () => {
  // 0a: field 1, bytes; 0a 04 "loss": field 1; 15: field 2, four bytes; 0.75 is 3f400000.
  expect(Buffer.from(scalar('loss', 0.75)).toString('hex')).toBe('0a0b0a046c6f7373150000403f');
});

test('an image has the size that the PNG says', () => {
  const value = bytesOf(Buffer.from(image('curve', png)), 1, 4);
  expect(fieldsOf(value).map(({ value }) => (Buffer.isBuffer(value) ? value : Number(value)))).toEqual([
    520,
    800,
    3,
    png,
  ]);
});

test('each event has its time, its step and its value; a loss that is not finite is NaN', async () => {
  const points = [
    { step: 300, value: 0.75, seconds: 2 },
    { step: 2 ** 40, value: null, seconds: 3 },
  ];
  const folder = await store(here.path('logs'), { ...result, runs: [{ ...run, series: [{ name: 'loss', points }] }] });
  expect(folder).toBe(here.path('logs/train-20260102-030405'));
  const [first, ...events] = recordsOf(readFileSync(join(folder, readdirSync(folder)[0] as string)));
  expect(bytesOf(first as Buffer, 3).toString()).toBe('brain.Event:2');
  const shown = events.slice(0, 2).map((event) => ({
    time: bytesOf(event, 1).readDoubleLE(),
    step: fieldsOf(event).find(({ number }) => number === 2)?.value,
    value: bytesOf(event, 5, 1, 2).readFloatLE(),
  }));
  const started = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;
  expect(shown).toEqual([
    { time: started + 2, step: 300n, value: 0.75 },
    { time: started + 3, step: 2n ** 40n, value: Number.NaN },
  ]);
});

test('the next result gets a run of its own, and files that are there stay as they are', async () => {
  const first = await store(here.path('logs'), result);
  const before = readdirSync(first).map((name) => readFileSync(join(first, name)));
  const second = await store(here.path('logs'), { ...result, summary: 'another' });
  expect(second).toBe(`${first}-2`);
  expect(readdirSync(first).map((name) => readFileSync(join(first, name)))).toEqual(before);
});

test('names of trials become names of folders that every system allows, each once', async () => {
  const within = [
    'cosine(0.1, steps=9)',
    'a/b',
    'a:b',
    '..',
    'x'.repeat(300),
    'AUX',
    'nul.txt',
    'Cosine(0.1, steps=9)',
  ];
  const runs = within.map((name): TrackedRun => ({ ...run, names: [name, 'seed 0'] }));
  const folder = await store(here.path('logs'), { ...result, runs: [run, ...runs] });
  const folders = readdirSync(folder).filter((name) => !name.startsWith('events'));
  expect(folders.toSorted()).toEqual(
    ['a-b', 'cosine(0.1, steps=9)', 'run', 'x'.repeat(60), 'run AUX', 'run nul.txt', 'Cosine(0.1, steps=9)'].toSorted(),
  );
  expect(readdirSync(join(folder, 'a-b')).toSorted()).toEqual(['seed 0', 'seed 0-2']);
});

test('a picture that cannot be drawn costs nothing else', async () => {
  const picture = () => Promise.reject(new Error('no font'));
  await expect(store(here.path('logs'), { ...result, picture })).rejects.toThrow(
    /train-20260102-030405: the picture cannot be drawn: no font$/,
  );
  expect(readdirSync(here.path('logs/train-20260102-030405'))).toEqual([
    `events.out.tfevents.${result.started / 1000}.lrfind.0`,
  ]);
});

describe('lrfind train --tensorboard', () => {
  test('stores the summary without the colours of a terminal', async () => {
    vi.stubEnv('FORCE_COLOR', '1');
    const { stdout } = await train('--tensorboard', here.path('logs'), '--lr', 1e30);
    vi.unstubAllEnvs();
    expect(stdout).toContain('\x1b[');
    const [name] = readdirSync(here.path('logs'));
    const [file] = readdirSync(here.path(`logs/${name}`));
    const stored = readFileSync(here.path(`logs/${name}/${file}`), 'latin1');
    expect(stored).toContain('learning rate');
    expect(stored).not.toContain('\x1b[');
  });

  test('makes the folder and its parents, and says where the run is', async () => {
    const { code, stderr } = await train('--tensorboard', here.path('a/b'), '-o', here.path('train.json'));
    expect(code).toBe(0);
    const [name] = readdirSync(here.path('a/b'));
    expect(stderr).toBe(`wrote ${here.path('train.json')}\nwrote ${here.path(`a/b/${name}`)}\n`);
    const { environment } = JSON.parse(readFileSync(here.path('train.json'), 'utf8')) as TrainingResult;
    const started = environment.started.slice(0, 19).replaceAll(/\D/g, '');
    expect(name).toBe(`train-${started.slice(0, 8)}-${started.slice(8)}`);
    const files = readdirSync(here.path(`a/b/${name}`));
    expect(files).toHaveLength(2);
    for (const file of files) expect(file).toMatch(/^events\.out\.tfevents\.\d+\.lrfind\.[01]$/);
  });

  test.each([
    ['a file', 'data.csv', /^--tensorboard must be a folder; got .*data\.csv: .* is a file$/],
    ['a folder in a file', 'data.csv/logs', /^--tensorboard must be a folder; got .*logs: .*data\.csv is a file$/],
    ['nothing', '', /^--tensorboard must be a folder; got ""$/],
    ['a zero byte', 'a\0b', /^--tensorboard .*a\\0b cannot be written: a path must have no zero byte$/],
  ])('%s is refused before anything is trained', async (_, name, message) => {
    const { code, stdout, stderr } = await train('--tensorboard', name && here.path(name));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().replace(/^lrfind: /, '')).toMatch(message);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder without permission is refused',
    async () => {
      chmodSync(here.folder('closed'), 0o500);
      const { code, stderr } = await train('--tensorboard', here.path('closed/logs'));
      expect(code).toBe(2);
      expect(stderr).toMatch(/cannot be written: no permission for .*closed$/m);
    },
  );

  test('nothing is made where another option is wrong', async () => {
    const { code } = await train('--tensorboard', here.path('logs'), '--target', 'nosuch');
    expect(code).toBe(2);
    expect(existsSync(here.path('logs'))).toBe(false);
  });
});
