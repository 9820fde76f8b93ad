// The memory of whole processes, on the build: a table that is many times larger than --memory takes what the documentation says.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workspace } from './workspace.js';

const bin = fileURLToPath(new URL('../bin/lrfind.js', import.meta.url));
const here = workspace();
afterAll(() => here.remove());

/** Says at the end of a process how many kilobytes it has held at most. */
const SAYS_PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))`;

const COLUMNS = 12;
const ROWS = 1_500_000;
/** Of 216 MB: 18 million numbers, of which each takes 12 bytes as read, as encoded and on the device. */
const MEMORY = 20e6;
/** What buffers and garbage may take beside the rows; all rows would take 216 MB. */
const BUFFERS = 150e6;

/** Writes the same rows again and again. */
function put(name: string, head: string | Uint8Array, rows: Uint8Array, times: number): string {
  const path = here.path(name);
  const file = openSync(path, 'w');
  writeSync(file, Buffer.from(head as string));
  for (let i = 0; i < times; i++) writeSync(file, rows);
  closeSync(file);
  return path;
}

const SOME = 1000;
const values = Array.from({ length: SOME }, (_, row) =>
  Array.from({ length: COLUMNS }, (_column, i) => (i === COLUMNS - 1 ? row % 3 : (row * (i + 3)) % 7)),
);
const names = Array.from({ length: COLUMNS }, (_, i) => `c${i}`);
const csv = Buffer.from(values.map((row) => `${row.join()}\n`).join(''));
const lines = Buffer.from(values.map((row) => `{${row.map((value, i) => `"c${i}":${value}`).join()}}\n`).join(''));
const floats = new Uint8Array(Float32Array.from(values.flat()).buffer);
const npyHead = (rows: number) => {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${COLUMNS}), }`.padEnd(117);
  return Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]), Buffer.from(`${text}\n`)]);
};

/** The most bytes that a search has held. */
function peakOf(data: string, model: string): number {
  const flags = [
    '--backend',
    'wasm',
    '--steps',
    '20',
    '--repeats',
    '1',
    '--no-verify',
    '--no-progress',
    '--batch-size',
    '64',
  ];
  const argv = ['--import', SAYS_PEAK, bin, 'find', '-m', model, '-d', data, '--memory', `${MEMORY / 1e6}MB`, ...flags];
  const { status, stderr, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect([status, stderr.replace(/peak \d+\s*$/, '')]).toEqual([0, '']);
  expect(stdout).toContain(data.endsWith('few.csv') ? 'rows' : 'sampled 69,444 of 1,500,000 rows');
  return Number(/peak (\d+)/.exec(stderr)?.[1]) * 1024;
}

let model: string;
let base: number;
beforeAll(() => {
  const layer = { units: 3, activation: 'softmax', name: 'out', batch_input_shape: [null, COLUMNS - 1] };
  const layers = [{ class_name: 'Dense', config: layer }];
  model = here.put('wide.json', { class_name: 'Sequential', config: { name: 'wide', layers } });
  base = peakOf(put('few.csv', `${names.join()}\n`, csv, 2), model);
});

test.each([
  ['CSV', () => put('large.csv', `${names.join()}\n`, csv, ROWS / SOME)],
  ['NumPy', () => put('large.npy', npyHead(ROWS), floats, ROWS / SOME)],
  ['JSON lines', () => put('large.jsonl', '', lines, ROWS / SOME)],
])(
  'a table of %s that is ten times larger than --memory takes that and some buffers',
  (_, make) => {
    expect(peakOf(make(), model) - base).toBeLessThan(MEMORY + BUFFERS);
  },
  120_000,
);
