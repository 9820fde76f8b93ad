import { expect, test } from 'vitest';
import { InputError } from '@lrfind/core';
import { readResult, readSweepResult } from '../../src/files/read-result.js';
import { temporaryFiles } from '../../../data/test/temporary-files.js';

const { folder, write } = temporaryFiles();

const environment = {
  lrfind: '0',
  tfjs: '0',
  node: null,
  platform: null,
  backend: 'cpu',
  device: 'cpu',
  started: '',
  seconds: 0,
  msPerStep: 0,
};
const trained = { model: 'm', parameters: 1, weights: 'drawn', loss: 'mse', rows: 1, heldOut: 0, notes: [] };
const recipe = { learningRate: '0.1', found: null, optimizer: { name: 'sgd' }, batchSize: 1, rates: [] };

/** The least that each document may hold. */
const results = {
  run: {
    format: 'lrfind-run',
    version: 1,
    suggestion: null,
    reason: 'flat',
    suggestions: {},
    steepest: null,
    divergence: null,
    minimum: null,
    range: null,
    diagnosis: [],
    seeds: [],
    curve: [],
    setup: { ...trained, optimizer: { name: 'sgd' } },
    options: {},
    environment,
  },
  training: {
    format: 'lrfind-training',
    version: 1,
    recipe,
    training: { seed: 0, start: null, points: [], outcome: 'finished', divergedAt: null },
    losses: [],
    test: null,
    setup: { ...trained, metrics: [] },
    options: {},
    environment,
  },
  comparison: {
    format: 'lrfind-comparison',
    version: 1,
    ranking: [],
    conclusions: [],
    runs: [{ name: 'a', model: 'm', parameters: 1, recipe, trainings: [], notes: [] }],
    setup: { weights: 'drawn', loss: 'mse', metrics: [], rows: 1, heldOut: 0, notes: [] },
    options: {},
    environment,
  },
};
const kinds = Object.entries(results);
const put = (contents: unknown) =>
  write('result.json', typeof contents === 'string' ? contents : JSON.stringify(contents));

test.each(kinds)('a %s is read as it stands', async (_, result) => {
  expect(await readResult(put(result))).toEqual(result);
});

test.each(kinds)('a %s of another version, or a damaged one, is told as such', async (name, result) => {
  const path = put({ ...result, version: 2 });
  await expect(readResult(path)).rejects.toThrow(
    new InputError(`${path} is a ${name} of version 2; this lrfind reads version 1`),
  );
  put({ ...result, options: 3 });
  await expect(readResult(path)).rejects.toThrow(new RegExp(`is a damaged ${name}: /options `));
});

test.each([['x'], [null], [[]], [{ format: 'toString' }], [{ format: 3 }]])('%j is no result', async (contents) => {
  const path = put(JSON.stringify(contents));
  await expect(readResult(path)).rejects.toThrow(
    new InputError(
      `${path} is not a result of lrfind: its "format" is none of "lrfind-run", "lrfind-training", "lrfind-comparison"`,
    ),
  );
  await expect(readSweepResult(path)).rejects.toThrow('is not a run of lrfind: it has no "format": "lrfind-run"');
});

test('a file that is missing or no JSON is told as such', async () => {
  await expect(readResult(`${folder}/no.json`)).rejects.toThrow(`no such result file: ${folder}/no.json`);
  await expect(readSweepResult(`${folder}/no.json`)).rejects.toThrow(`no such run file: ${folder}/no.json`);
  await expect(readResult(folder)).rejects.toThrow(`cannot read the result ${folder}: EISDIR`);
  await expect(readResult(put('{'))).rejects.toThrow('result.json is not JSON');
});

test('where a sweep is needed, a training and a comparison are called by their names', async () => {
  expect(await readSweepResult(put(results.run))).toEqual(results.run);
  const path = put(results.training);
  await expect(readSweepResult(path)).rejects.toThrow(
    new InputError(`${path} is a training, not a sweep: name a file that lrfind find has written`),
  );
  put(results.comparison);
  await expect(readSweepResult(path)).rejects.toThrow('is a comparison, not a sweep');
});
