import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

// fixtures/tables/write.py writes one table of numbers and booleans with pandas and NumPy in every format.
const fixture = (name: string) => fileURLToPath(new URL(`../../../../fixtures/tables/${name}`, import.meta.url));

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** What is found on a table, apart from the names of files. */
async function answer(file: string) {
  const model = {
    class_name: 'Sequential',
    config: {
      layers: [
        { class_name: 'Dense', config: { units: 8, activation: 'relu', batch_input_shape: [null, 3] } },
        { class_name: 'Dense', config: { units: 3, activation: 'softmax' } },
      ],
    },
  };
  const path = here.put('net.json', { modelTopology: model });
  const settings = ['--no-verify', '--backend', 'wasm', '--steps', 60, '--repeats', 2, '--batch-size', 8, '--json'];
  const { code, stdout, stderr } = await lrfind('find', '--model', path, '--data', fixture(file), ...settings);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { suggestion, reason, sweeps } = JSON.parse(stdout);
  return { suggestion, reason, sweeps };
}

test('one table gives one answer, to the last bit, as CSV, Parquet, JSON lines, .npz and Arrow', async () => {
  const csv = await answer('points.csv');
  expect(csv.sweeps).toHaveLength(2);
  expect(csv.suggestion.learningRate).toBeGreaterThan(0);
  for (const file of ['points.parquet', 'points.jsonl', 'points.npz', 'points.feather'])
    expect(await answer(file), file).toEqual(csv);
});
