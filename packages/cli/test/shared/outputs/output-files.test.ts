import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@lrfind/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { temporaryFiles } from '../../../../data/test/temporary-files.js';
import { removeUnfinished, unfinishedName, writeNewFile } from '../../../src/files/unfinished.js';
import { checkOutputs, checkWritable, type Formats, writeOutputs } from '../../../src/shared/outputs/output-files.js';

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof import('node:fs')>();
  return { ...actual, writeFileSync: vi.fn(actual.writeFileSync) };
});
afterEach(() => vi.mocked(writeFileSync).mockReset());

const { folder, write } = temporaryFiles();
const at = (...names: string[]) => join(folder, ...names);
const formats: Formats<string> = { '.json': async (text) => text, '.csv': async (text) => `${text},` };

/** The next write fails as on a full disk, after half of the text. */
function fillDisk(after: number): void {
  for (let i = 0; i < after; i++) vi.mocked(writeFileSync).mockImplementationOnce(() => {});
  vi.mocked(writeFileSync).mockImplementationOnce(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
}

describe('writeOutputs', () => {
  test('replaces files, and leaves nothing else', async () => {
    write('a.json', 'old');
    await writeOutputs([at('a.json'), at('a.csv')], formats, 'new');
    expect([readFileSync(at('a.json'), 'utf8'), readFileSync(at('a.csv'), 'utf8')]).toEqual(['new', 'new,']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test.each([0, 1])('a disk that is full at file %i: one message with the file, all old files kept', async (full) => {
    write('b.json', 'old');
    write('b.csv', 'old');
    fillDisk(full);
    const name = ['b.json', 'b.csv'][full] as string;
    await expect(writeOutputs([at('b.json'), at('b.csv')], formats, 'new')).rejects.toThrow(
      new InputError(`${at(name)} cannot be written: ENOSPC: no space left on device`),
    );
    expect([readFileSync(at('b.json'), 'utf8'), readFileSync(at('b.csv'), 'utf8')]).toEqual(['old', 'old']);
    expect(readdirSync(folder).filter((each) => each.endsWith('.partial'))).toEqual([]);
  });

  describe('a picture', () => {
    const pictured = (draw: () => Promise<string>): Formats<string> => ({
      ...formats,
      '.png': async () => draw,
      '.svg': async () => async () => 'drawn',
    });

    test('that cannot be drawn costs only itself: data is written, the answer printed, the other picture drawn', async () => {
      const seen: string[] = [];
      const draw = async () => {
        seen.push(`drawn after ${existsSync(at('p.json')) ? 'the data' : 'nothing'}`);
        throw new Error('no room');
      };
      const print = () => {
        seen.push(`printed after ${existsSync(at('p.json')) ? 'the data' : 'nothing'}`);
      };
      await expect(
        writeOutputs([at('p.png'), at('p.svg'), at('p.json')], pictured(draw), 'new', print),
      ).rejects.toThrow(`${at('p.png')} cannot be drawn: no room`);
      expect(seen).toEqual(['printed after the data', 'drawn after the data']);
      expect([existsSync(at('p.png')), existsSync(at('p.svg'))]).toEqual([false, true]);
    });

    test('that the caller asked for wrongly is refused before anything is written', async () => {
      const refused: Formats<string> = {
        ...formats,
        '.png': async () => {
          throw new InputError('too many');
        },
      };
      await expect(writeOutputs([at('q.json'), at('q.png')], refused, 'new')).rejects.toThrow('too many');
      expect(existsSync(at('q.json'))).toBe(false);
    });
  });

  const long = 'x'.repeat(300);
  test.each([
    ['a name that is too long', () => at(`${long}.json`), 'ENAMETOOLONG: name too long'],
    ['a folder that is a file', () => join(write('file', ''), 'a.json'), 'ENOTDIR: not a directory'],
    ['a circle of links', () => join(circle(), 'a.json'), 'ELOOP: too many symbolic links encountered'],
    ['a zero byte', () => at('a\0b.json'), 'a path must have no zero byte'],
    ['a folder in its place', () => folderIn('c.json'), 'EISDIR: illegal operation on a directory'],
  ])('%s: its own reason, and no later call is harmed', async (_, path, reason) => {
    const given = path();
    const thrown = await writeOutputs([at('d.csv'), given], formats, 'new').catch((error) => error);
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(`${given.replace('\0', '\\0')} cannot be written: ${reason}`);
    await writeOutputs([at('d.json')], formats, 'later');
    expect(readFileSync(at('d.json'), 'utf8')).toBe('later');
    expect(readdirSync(folder).filter((each) => each.endsWith('.partial'))).toEqual([]);
  });

  test('a name of the greatest length can be written', async () => {
    const path = at(`${'y'.repeat(250)}.json`);
    await checkOutputs([path], formats, '--out', []);
    await writeOutputs([path], formats, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test.skipIf(process.platform === 'win32')('a link is replaced, and what it leads to is kept', async () => {
    const target = write('target.txt', 'precious');
    symlinkSync(target, at('e.json'));
    await writeOutputs([at('e.json')], formats, 'new');
    expect([readFileSync(at('e.json'), 'utf8'), readFileSync(target, 'utf8')]).toEqual(['new', 'precious']);
  });
});

describe('an unfinished file', () => {
  test('has a new name each time, in the folder of its target', () => {
    const names = Array.from({ length: 100 }, () => unfinishedName(at('a.json')));
    expect(new Set(names).size).toBe(100);
    for (const name of names) expect(name).toMatch(new RegExp(`^${folder}/\\.lrfind-[0-9a-f]{16}\\.partial$`));
    removeUnfinished(names);
  });

  test.skipIf(process.platform === 'win32')('is made, not opened: a file or a link that is there is kept', () => {
    const target = write('planted.txt', 'precious');
    symlinkSync(target, at('planted'));
    symlinkSync(at('nothing'), at('planted-too'));
    for (const path of [target, at('planted'), at('planted-too')])
      expect(() => writeNewFile(path, 'new')).toThrow(/EEXIST/);
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(existsSync(at('nothing'))).toBe(false);
  });

  test('is removed with the others when the process is interrupted, also where one cannot be', () => {
    const names = [unfinishedName(at('a.json')), unfinishedName(join(write('file', ''), 'x', 'a.json'))];
    writeNewFile(names[0] as string, 'half');
    const model = unfinishedName(at('trained'));
    mkdirSync(model);
    writeNewFile(join(model, 'weights.bin'), 'half');
    removeUnfinished();
    expect([existsSync(names[0] as string), existsSync(model)]).toEqual([false, false]);
    writeNewFile(names[0] as string, 'of somebody else');
    removeUnfinished();
    expect(existsSync(names[0] as string)).toBe(true);
  });
});

describe('before any work', () => {
  const long = 'z'.repeat(300);
  test.skipIf(process.platform === 'win32').each([
    ['a name that is too long', () => at(`${long}.json`), / cannot be written: ENAMETOOLONG: name too long$/],
    ['a folder whose name is too long', () => at(long, 'a.json'), / cannot be written: ENAMETOOLONG: name too long$/],
    ['a circle of links', () => circle(), / cannot be written: ELOOP: too many symbolic links encountered$/],
    ['a folder that is a circle of links', () => join(circle(), 'a.json'), / cannot be written: ELOOP/],
    ['a zero byte', () => at('a\0b.json'), /a\\0b\.json cannot be written: a path must have no zero byte$/],
    ['a folder that is a file', () => join(write('file', ''), 'a.json'), /file is not a folder$/],
    ['a slash at the end', () => `${at('a.json')}/`, /--out must be a file; got the directory /],
    ['a device', () => '/dev/full', /--out must be a regular file; got \/dev\/full, which is a device/],
  ])('%s is refused', async (_, path, message) => {
    const thrown = await checkWritable(path(), '--out').catch((error) => error);
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toMatch(message);
  });
});

function circle(): string {
  if (!existsSync(at('circle.json')) && !readdirSync(folder).includes('circle.json'))
    symlinkSync('circle.json', at('circle.json'));
  return at('circle.json');
}

function folderIn(name: string): string {
  mkdirSync(at(name), { recursive: true });
  return at(name);
}
