import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { backend } from '../backend.js';
import {
  compiledLosses,
  forwardError,
  goldenOf,
  lossError,
  modelsIn,
  readCase,
  trainingLosses,
} from './keras-golden.js';

await useBackend(backend);

/** A folder of models with goldens, one folder for each, as `fixtures/keras-files/make.py` writes them. */
const zoo = process.env.LRFIND_KERAS_ZOO;
const names = zoo ? readdirSync(zoo).filter((name) => existsSync(join(zoo, name, 'golden.json'))) : [];
const cases = names.flatMap((name) =>
  modelsIn(join(zoo as string, name)).map((files) => [`${name}: ${files.model}`, name, files] as const),
);

describe.skipIf(!zoo)('the zoo that LRFIND_KERAS_ZOO names', () => {
  test.each(cases)('%s', async (title, name, { model, weights }) => {
    const folder = join(zoo as string, name);
    const golden = goldenOf(folder);
    const read = readCase(folder, model, weights);
    if (golden.expect === 'refuse') {
      const error = await read.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      console.log(title, (error as Error).message);
      for (const word of golden.mention) expect((error as Error).message).toContain(word);
      return;
    }
    const file = await read;
    const narrow = file.notes?.some((note) => note.includes('float32, not')) ?? false;
    const forward = forwardError(file.model, golden);
    const got = trainingLosses(file.model, golden);
    const losses = golden.training ? lossError(got, golden.training.losses) : 0;
    file.model.dispose();
    let own = 0;
    if (golden.compiled && golden.compiled.losses.length > 0) {
      const again = await readCase(folder, model, weights);
      own = lossError(await compiledLosses(again, golden), golden.compiled.losses);
      again.model.dispose();
    }
    console.log(
      title,
      'compiled',
      own.toExponential(1),
      'forward',
      forward.toExponential(1),
      'losses',
      losses.toExponential(1),
      file.notes ?? '',
    );
    expect(own).toBeLessThan(1e-4);
    expect(forward).toBeLessThan(narrow ? 5e-3 : 1e-5);
    expect(losses).toBeLessThan(narrow ? 2e-3 : 1e-4);
  });
});
