import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { compare } from '@lrfind/finder';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { journalFile } from '../../src/files/journal-file.js';

beforeAll(() => useBackend('wasm'));

const { folder } = temporaryFiles();
let files = 0;
const fresh = () => join(folder, `comparison-${files++}.jsonl`);
const xs = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const data = { xs, ys: xs.map(([a = 0, b = 0]) => 2 * a - b) };
const model = () => sequential({ name: 'resumed', layers: [layers.dense({ units: 1, inputShape: [2], name: 'a' })] });
const few = {
  epochs: 2,
  batchSize: 16,
  repeats: 2,
  loss: 'mse',
  initialWeights: 'drawn' as const,
  trials: [{ learningRate: 0.02 }, { learningRate: 0.1 }],
};

test('a comparison that had come to its end is read from its file, which can then be removed', async () => {
  const path = fresh();
  const journal = journalFile(path, { resume: false });
  const all = await compare(model(), data, { ...few, journal });
  const again = await compare(model(), data, { ...few, journal: journalFile(path, { resume: true }) });
  expect(again.trials).toEqual(all.trials);
  await journal.remove();
  expect(existsSync(path)).toBe(false);
});

test('no file is left when nothing was trained', async () => {
  const path = fresh();
  const onEvaluation = () => {
    throw new Error('interrupted');
  };
  const comparison = compare(model(), data, { ...few, onEvaluation, journal: journalFile(path, { resume: false }) });
  await expect(comparison).rejects.toThrow('interrupted');
  expect(existsSync(path)).toBe(false);
});

test('another comparison is refused, with the difference', async () => {
  const path = fresh();
  await compare(model(), data, { ...few, journal: journalFile(path, { resume: false }) });
  const other = compare(model(), data, { ...few, epochs: 3, journal: journalFile(path, { resume: true }) });
  await expect(other).rejects.toThrow(
    /must be of the same comparison; settings\.epochs was 2 and is 3: use the same options, or delete the file$/,
  );
});
