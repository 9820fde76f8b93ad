import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { learningRateMonitor } from '@lrfind/finder';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { atEnd, fit, smallModel } from '../../../finder/test/callbacks/small-fit.js';
import { historyLogger } from '../../src/files/history-logger.js';

const { folder, write } = temporaryFiles();
const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');

beforeAll(() => useBackend('wasm'));

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

describe('a file that is not a history is kept', () => {
  const begin = async (path: string, append: boolean) => {
    const logger = historyLogger(path, { append });
    logger.setModel({} as never);
    return Promise.resolve(logger.onTrainBegin()).catch((error) => error);
  };

  test.each([true, false])('such as the table that is trained on; append: %s', async (append) => {
    for (const [name, text] of [
      ['data.csv', 'a,b,y\n1,2,3\n'],
      ['rows.jsonl', '{"a":1}\n'],
      ['epochs.csv', 'epochs,b\n1,2\n'],
    ] as const) {
      const path = write(name, text);
      expect(await begin(path, append)).toEqual(
        new InputError(`${path} exists and is not the history of a training: name another file`),
      );
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  test('an empty file is taken', async () => {
    const path = write('empty.csv', '');
    expect(await begin(path, false)).toBeUndefined();
    expect(await begin(path, true)).toBeUndefined();
  });

  test.skipIf(process.platform === 'win32')('a pipe and a device are refused, without waiting', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    symlinkSync('/dev/zero', join(folder, 'zero.jsonl'));
    for (const name of ['pipe.csv', 'zero.jsonl']) {
      const thrown = await begin(join(folder, name), false);
      expect(thrown).toBeInstanceOf(InputError);
      expect(thrown.message).toMatch(/must be a regular file; got a (pipe|device)/);
    }
  });
});

test.skipIf(process.platform === 'win32')(
  'paths that the system refuses, and a disk that is full later, are one message',
  async () => {
    const begin = async (path: string) => {
      const logger = historyLogger(path);
      logger.setModel({} as never);
      const thrown = await Promise.resolve(logger.onTrainBegin()).catch((error) => error);
      expect(thrown).toBeInstanceOf(InputError);
      return thrown.message;
    };
    const long = join(folder, `${'x'.repeat(300)}.csv`);
    expect(await begin(long)).toBe(`cannot write the history to ${long}: ENAMETOOLONG: name too long`);
    expect(await begin('a\0.csv')).toBe('cannot write the history to a\\0.csv: a path must have no zero byte');
    const path = join(folder, 'later.csv');
    const logger = historyLogger(path);
    logger.setModel({} as never);
    await logger.onTrainBegin();
    rmSync(path);
    mkdirSync(path);
    const thrown = await Promise.resolve(logger.onEpochEnd(0, { loss: 1 })).catch((error) => error);
    expect(thrown).toEqual(
      new InputError(`cannot write the history to ${path}: EISDIR: illegal operation on a directory`),
    );
  },
);
