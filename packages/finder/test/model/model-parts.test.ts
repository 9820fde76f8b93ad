import { join } from 'node:path';
import { InputError } from '@lrfind/core';
import { fileSource } from '@lrfind/data/node';
import { expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { modelParts } from '../../src/model/formats/registry.js';

const { folder, write } = temporaryFiles();
const partsOf = async (contents: string) => {
  const parts = await modelParts(fileSource(write('model.json', contents)));
  return parts.map(({ name }) => name);
};

test('the parts of a model are its weight files, next to it', async () => {
  const weightsManifest = [{ paths: ['a.bin', 'b/c.bin'], weights: [] }, { paths: ['d.bin'] }];
  const expected = ['a.bin', 'b/c.bin', 'd.bin'].map((name) => join(folder, name));
  expect(await partsOf(JSON.stringify({ weightsManifest }))).toEqual(expected);
  expect(await partsOf(JSON.stringify({ modelTopology: {} }))).toEqual([]);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '3',
  '{"weightsManifest":{}}',
  '{"weightsManifest":[null,3,[],{"paths":"a"},{"paths":[null,3,{}]}]}',
])('what is damaged in %j is left to the reader', async (contents) => {
  expect(await partsOf(contents)).toEqual([]);
});

test('a file that cannot be read is an InputError', async () => {
  await expect(modelParts(fileSource(join(folder, 'none.json')))).rejects.toThrow(InputError);
});
