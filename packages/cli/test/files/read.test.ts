import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { readModel, readTable } from '../../src/files/read-inputs.js';
import { readJson, readResult } from '../../src/files/read-result.js';

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
const trained = { model: 'm', parameters: 1, weights: 'drawn', loss: 'mse', rows: 1, validationRows: 0, notes: [] };
const recipe = { learningRate: '0.1', suggestion: null, optimizer: { name: 'sgd' }, batchSize: 1, rates: [] };
const training = { seed: 0, start: null, evaluations: [], outcome: 'finished', divergedAt: null };

/** The least that each document may hold. */
const results = {
  sweep: {
    format: 'lrfind-sweep',
    version: 2,
    suggestion: null,
    reason: 'flat',
    suggestions: {},
    steepest: null,
    divergence: null,
    minimum: null,
    range: null,
    diagnosis: [],
    sweeps: [],
    curve: [],
    setup: { ...trained, optimizer: { name: 'sgd' } },
    options: {},
    environment,
  },
  training: {
    format: 'lrfind-training',
    version: 2,
    recipe,
    training,
    losses: [],
    test: null,
    setup: { ...trained, metrics: [] },
    options: {},
    environment,
  },
  comparison: {
    format: 'lrfind-comparison',
    version: 2,
    ranking: [],
    conclusions: [],
    trials: [{ name: 'a', model: 'm', parameters: 1, recipe, trainings: [training], notes: [] }],
    setup: { weights: 'drawn', loss: 'mse', metrics: [], rows: 1, validationRows: 0, notes: [] },
    options: {},
    environment,
  },
};

const oldRecipe = { learningRate: '0.1', found: null, optimizer: { name: 'sgd' }, batchSize: 1, rates: [] };
const oldTraining = { seed: 0, start: null, points: [], outcome: 'finished', divergedAt: null };
const { sweeps, ...sweepFields } = results.sweep;
const { trials, ...comparisonFields } = results.comparison;

/** The same documents in version 1. */
const versionOne = {
  sweep: { ...sweepFields, format: 'lrfind-run', version: 1, seeds: sweeps },
  training: { ...results.training, version: 1, recipe: oldRecipe, training: oldTraining },
  comparison: {
    ...comparisonFields,
    version: 1,
    runs: trials.map((trial) => ({ ...trial, recipe: oldRecipe, trainings: [oldTraining] })),
  },
};

const kinds = Object.entries(results);
const put = (contents: unknown) =>
  write('result.json', typeof contents === 'string' ? contents : JSON.stringify(contents));

describe('readResult', () => {
  test.each(kinds)('reads a %s as it is', async (_, result) => {
    expect(await readResult(put(result))).toEqual(result);
  });

  test.each(Object.entries(versionOne))('reads a %s of version 1 under the present names', async (name, result) => {
    expect(await readResult(put(result))).toEqual(results[name as keyof typeof results]);
  });

  test.each(kinds)('refuses a %s of another version, and a damaged one', async (name, result) => {
    const path = put({ ...result, version: 3 });
    await expect(readResult(path)).rejects.toThrow(
      new InputError(`${path} is a ${name} of version 3; this lrfind reads versions 1 and 2`),
    );
    put({ ...result, options: 3 });
    await expect(readResult(path)).rejects.toThrow(new RegExp(`is a damaged ${name}: /options `));
  });

  test.each(Object.entries(versionOne))('refuses a damaged %s of version 1', async (name, result) => {
    const path = put({ ...result, setup: 3 });
    await expect(readResult(path)).rejects.toThrow(
      new RegExp(`^${path.replaceAll('.', '\\.')} is a damaged ${name}: /setup `),
    );
  });

  test.each([['x'], [null], [[]], [{ format: 'toString' }], [{ format: 3 }], [{ format: 'lrfind-run', version: 2 }]])(
    'refuses %j, which is no result',
    async (contents) => {
      const path = put(JSON.stringify(contents));
      await expect(readResult(path)).rejects.toThrow(
        new InputError(
          `${path} is not a result of lrfind: its "format" must be one of "lrfind-sweep", "lrfind-training", "lrfind-comparison"`,
        ),
      );
    },
  );
});

describe('a file that is missing, a folder, or not JSON is refused with its path', () => {
  test.each([
    ['readResult', readResult],
    ['readJson', readJson],
  ])('by %s', async (_, read) => {
    await expect(read(`${folder}/no.json`)).rejects.toThrow(new InputError(`no such file: ${folder}/no.json`));
    await expect(read(folder)).rejects.toThrow(new InputError(`${folder} is a directory: name the file inside it`));
    await expect(read(put('{'))).rejects.toThrow(/^\S*result\.json is not JSON: /);
  });

  test('by readTable and readModel', async () => {
    await expect(readTable(`${folder}/no.csv`)).rejects.toThrow(InputError);
    await expect(readModel(`${folder}/no.json`)).rejects.toThrow(InputError);
  });
});
