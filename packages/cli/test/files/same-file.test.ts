import { linkSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { InputError } from '@lrfind/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { placesOf, refuseSameFiles } from '../../src/files/same-file.js';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return { ...actual, stat: vi.fn(actual.stat) };
});
afterEach(() => vi.mocked(stat).mockReset());

const { folder, write } = temporaryFiles();
const at = (...names: string[]) => join(folder, ...names);
const file = write('File.csv', 'a');
write('other.csv', 'a');
mkdirSync(at('inner', 'deep'), { recursive: true });
write('inner/File.csv', 'a');
linkSync(file, at('hard.csv'));
symlinkSync('File.csv', at('soft.csv'));
symlinkSync(at('soft.csv'), at('softer.csv'));
symlinkSync('.', at('here'));
symlinkSync('inner/deep', at('deep'));
symlinkSync('new.csv', at('to-new.csv'));
symlinkSync(at('inner', 'new.csv'), at('to-inner-new.csv'));
symlinkSync('circle', at('circle'));

const placeOf = async (path: string) => (await placesOf(path))[0];

describe('every name of a file leads to the same place', () => {
  const names: [what: string, path: string, of: string][] = [
    ['another spelling', `${folder}/./inner/../File.csv`, file],
    ['two slashes', `${folder}//File.csv`, file],
    ['a path from here', relative(process.cwd(), file), file],
    ['a hard link', at('hard.csv'), file],
    ['a link', at('soft.csv'), file],
    ['a link to a link', at('softer.csv'), file],
    ['a link to its folder', at('here', 'here', 'File.csv'), file],
    ['`..` after a link to a folder elsewhere', `${at('deep')}/../File.csv`, at('inner', 'File.csv')],
    ['a file that does not exist, through a link to its folder', at('here', 'new.csv'), at('new.csv')],
    ['a file that does not exist, in another spelling', `${folder}/./new.csv`, at('new.csv')],
    ['a link to a file that does not exist', at('to-new.csv'), at('new.csv')],
    ['a link to one in another folder', at('to-inner-new.csv'), `${at('deep')}/../new.csv`],
    ['a folder that does not exist', `${at('here', 'none')}/x/y.csv`, at('none', 'x', 'y.csv')],
    ['a folder with a slash at its end', `${at('inner')}/`, at('here', 'inner')],
  ];
  test.each(names)('%s', async (_, path, of) => {
    expect(await placeOf(path)).toBe(await placeOf(of));
  });

  test('and different files to different places', async () => {
    const paths = [file, at('other.csv'), at('new.csv'), at('inner'), at('inner', 'File.csv'), at('inner', 'new.csv')];
    const all = await Promise.all([...paths, folder, at('inner', 'deep'), at('none', 'x'), at('none')].map(placeOf));
    expect(new Set(all).size).toBe(all.length);
  });

  test('a circle of links and a path that the system refuses are places too', async () => {
    for (const path of [at('circle'), at('circle', 'x.csv'), 'a\0b', at('x'.repeat(300)), ''])
      expect(await placeOf(path)).toEqual(expect.any(String));
  });

  test('in other letter case, where the file system takes no notice of it', async () => {
    // As on macOS and Windows: every spelling of a path is the path itself.
    const { stat: actual } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
    const parts = [folder, realpathSync(folder), file, realpathSync(file)];
    expect(await placeOf(at('New.csv'))).not.toBe(await placeOf(at('nEW.CSV')));
    vi.mocked(stat).mockImplementation(((path: string, options: { bigint: true }) =>
      actual(parts.find((part) => part.toLowerCase() === path.toLowerCase()) ?? path, options)) as never);
    expect(await placeOf(at('New.csv'))).toBe(await placeOf(at('nEW.CSV')));
    expect(await placeOf(at('caf\u00e9.csv'))).toBe(await placeOf(at('cafe\u0301.csv')));
    expect(await placeOf(at('New.csv'))).not.toBe(await placeOf(at('newer.csv')));
  });

  test('where files have no numbers their paths are compared', async () => {
    vi.mocked(stat).mockResolvedValue({ dev: 1n, ino: 0n } as never);
    expect(await placeOf(at('soft.csv'))).toBe(await placeOf(file));
    expect(await placeOf(at('other.csv'))).not.toBe(await placeOf(file));
  });
});

describe('an output that is an input or another output is refused, and both are named', () => {
  const data = { option: '--data', path: file };
  const out = (path: string) => ({ option: '--out', path });

  test('an output and an input', async () => {
    await refuseSameFiles([data], [out(at('other.csv')), out(at('new.csv'))]);
    await expect(refuseSameFiles([data], [out(at('other.csv')), out(at('soft.csv'))])).rejects.toThrow(
      new InputError(`--out ${at('soft.csv')} would overwrite the input ${file}: both are the same file`),
    );
    await expect(refuseSameFiles([data], [out(file)])).rejects.toThrow(
      new InputError(`--out ${file} would overwrite the input`),
    );
  });

  test('two outputs, of one option and of two', async () => {
    const journal = { option: '--journal', path: at('here', 'new.csv') };
    await expect(refuseSameFiles([], [out(at('new.csv')), out(at('to-new.csv'))])).rejects.toThrow(
      new InputError(
        `--out must name each file once; got ${at('new.csv')} and ${at('to-new.csv')}, which are the same`,
      ),
    );
    await expect(refuseSameFiles([], [out(at('new.csv')), journal])).rejects.toThrow(
      new InputError(
        `--journal must be a file of its own; got ${journal.path}, which is also that of --out ${at('new.csv')}`,
      ),
    );
  });

  test('an output in a folder that is replaced', async () => {
    const save = { option: '--save', path: at('here', 'inner') };
    await refuseSameFiles([], [out(at('innermost.csv')), save]);
    for (const path of [at('inner', 'new.csv'), at('deep', 'new.csv'), at('to-inner-new.csv')])
      await expect(refuseSameFiles([], [out(path), save])).rejects.toThrow(
        new InputError(`--out ${path} must lie outside the folder of --save ${save.path}`),
      );
  });

  test('two inputs may be the same, such as the rows to train and to validate on', async () => {
    await refuseSameFiles([data, { option: '--validation', path: at('hard.csv') }], []);
  });
});
