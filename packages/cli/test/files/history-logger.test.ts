import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { learningRateMonitor } from '@lrfind/finder';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { backend } from '../../../finder/test/backend.js';
import { atEnd, fit, smallModel } from '../../../finder/test/callbacks/small-fit.js';
import { historyLogger } from '../../src/files/history-logger.js';

const { folder } = temporaryFiles();
const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');

beforeAll(() => useBackend(backend));

test('writes what the history holds, as CSV and as JSON lines, each epoch as it ends', async () => {
  const [csv, jsonl] = [join(folder, 'a.csv'), join(folder, 'a.jsonl')];
  const written: number[] = [];
  const callbacks = [
    learningRateMonitor(),
    historyLogger(csv),
    historyLogger(jsonl),
    atEnd('epoch', () => written.push(lines(csv).length, lines(jsonl).length)),
  ];
  const before = tf.memory().numTensors;
  const model = smallModel(tf.train.sgd(0.1));
  const own = tf.memory().numTensors - before;
  const history = await fit(model, { epochs: 2, callbacks });
  expect(written).toEqual([2, 1, 3, 2]);
  const names = ['learning_rate', 'loss', 'mae', 'val_loss', 'val_mae'];
  expect(Object.keys(history).sort()).toEqual(names);
  const rows = [0, 1].map((epoch) => ({
    epoch,
    ...Object.fromEntries(names.map((name) => [name, history[name]?.[epoch]])),
  }));
  expect(lines(jsonl).map((line) => JSON.parse(line))).toEqual(rows);
  const [header, ...values] = lines(csv);
  expect(header).toBe(`epoch,${names.join(',')}`);
  expect(values.map((line) => line.split(',').map(Number))).toEqual(rows.map((row) => Object.values(row)));
  expect(tf.memory().numTensors).toBe(before + own);
});

test('a fit starts the file again, unless it is to be continued', async () => {
  const path = join(folder, 'b.csv');
  const model = smallModel(tf.train.sgd(0.1));
  const logger = historyLogger(path);
  await fit(model, { epochs: 3, callbacks: [logger] });
  await fit(model, { epochs: 2, callbacks: [logger] });
  expect(lines(path)).toHaveLength(3);
  await fit(model, { epochs: 4, initialEpoch: 2, callbacks: [historyLogger(path, { append: true })] });
  expect(lines(path).map((line) => line.split(',')[0])).toEqual(['epoch', '0', '1', '2', '3']);
});

test('what the first line has no column for is left out, and what is missing stays empty', async () => {
  const path = join(folder, 'c.csv');
  const logger = historyLogger(path);
  logger.setModel({} as never);
  await logger.onTrainBegin();
  await logger.onEpochEnd(0, { loss: 1, val_loss: Number.NaN });
  await logger.onEpochEnd(1, { loss: 0.5, acc: 0.25 });
  expect(lines(path)).toEqual(['epoch,loss,val_loss', '0,1,NaN', '1,0.5,']);
});

test('refuses another ending, and a folder that is missing before an epoch is spent', async () => {
  expect(() => historyLogger('run.txt')).toThrow(/must end in \.csv or \.jsonl; got "run\.txt"/);
  const callbacks = [historyLogger(join(folder, 'missing', 'a.csv'))];
  const failed = fit(smallModel(tf.train.sgd(0.1)), { epochs: 1, callbacks });
  await expect(failed).rejects.toThrow(InputError);
});
