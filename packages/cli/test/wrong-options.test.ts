import { InputError, installTensorFlow, journalFile, readTable, saveModel, saveResult } from 'lrfind';
import { expect, test } from 'vitest';

test.each<[string, () => unknown, RegExp]>([
  [
    'saveResult of a promise',
    () => saveResult(Promise.resolve() as never, 'a.png'),
    /^result must be a result of .*; got a promise; await it first$/,
  ],
  [
    'saveResult of nothing',
    () => saveResult(undefined as never, 'a.png'),
    /^result must be a result of .*; got undefined$/,
  ],
  [
    'an option of saveResult',
    () => saveResult({ format: 'lrfind-sweep' } as never, 'a.png', { widht: 900 } as never),
    /^unknown option widht; did you mean width\? Options: width, height, scaleFactor, dark, chart, x, y, logLoss$/,
  ],
  [
    'an option of readTable',
    () => readTable('a.csv', { delimeter: ';' } as never),
    /^unknown option delimeter; did you mean delimiter\?/,
  ],
  [
    'an option of journalFile',
    () => journalFile('a', { resum: true } as never),
    /^unknown option resum; did you mean resume\?/,
  ],
  [
    'journalFile without options',
    () => journalFile('a', undefined as never),
    /^options must be an object, such as \{ resume: … \}; got undefined$/,
  ],
  [
    'saveModel with its arguments swapped',
    () => saveModel('folder' as never, {} as never),
    /^model must be a layers model, .*; got "folder"$/,
  ],
  [
    'an option of installTensorFlow',
    () => installTensorFlow({ cudda: true } as never),
    /^unknown option cudda; did you mean cuda\?/,
  ],
])('%s is refused with one sentence', async (_, run, message) => {
  const refused = await (async () => run())().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as InputError).message).toMatch(message);
});
