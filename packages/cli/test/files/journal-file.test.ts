import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '@lrfind/core';
import { type JournalEntry, firstDifference } from '@lrfind/core/study';
import { journalFile } from '../../src/files/journal-file.js';
import { temporaryFiles } from '../../../data/test/temporary-files.js';

const { folder, write } = temporaryFiles();
let files = 0;
const fresh = () => join(folder, `journal-${files++}.jsonl`);
const header = { settings: { epochs: 3, seeds: 2 }, runs: [{ name: 'a' }, { name: 'b' }] };

const found: JournalEntry = {
  kind: 'found',
  key: '[0]',
  found: { learningRate: 0.1, low: 0.01, high: 0.3, verdict: 'sure' },
};
/** An entry with all that JSON has trouble with: bits of float32, NaN, no loss. */
const trained: JournalEntry = {
  kind: 'trained',
  run: 'a – ä',
  seed: 1,
  until: 8,
  training: {
    seed: 1,
    start: { loss: 0.1 + 0.2, metrics: {} },
    points: [
      {
        step: 8,
        epoch: 1,
        rate: 1e-7,
        training: { loss: 1 / 3, metrics: { accuracy: null } },
        validation: { loss: null, metrics: {} },
        seconds: 0.1,
      },
    ],
    outcome: 'finished',
    divergedAt: null,
  },
  seconds: 2.5,
  state: {
    seed: 1,
    steps: 8,
    lastRate: Number.NaN,
    // An array in the middle of a larger buffer, too.
    values: [Float32Array.of(0.1, -0, Number.NaN, Infinity, 1e-40), new Float32Array(8).fill(0.3).subarray(3, 5)],
  },
};
const error = (promise: Promise<unknown>) => promise.catch((thrown: Error) => thrown) as Promise<Error>;

/** A journal with two entries. */
async function filled(): Promise<string> {
  const path = fresh();
  const journal = journalFile(path, { resume: false });
  await journal.open(header);
  await journal.add(found);
  await journal.add(trained);
  return path;
}

test('what was noted comes back, to the bit', async () => {
  const path = await filled();
  expect(await journalFile(path, { resume: true }).open(header)).toEqual([found, trained]);
});

test('no file is left where nothing was noted, and none where it was removed', async () => {
  const path = fresh();
  const journal = journalFile(path, { resume: false });
  expect(journal.path).toBe(path);
  expect(await journal.open(header)).toEqual([]);
  expect(existsSync(path)).toBe(false);
  await journal.add(found);
  expect(existsSync(path)).toBe(true);
  await journal.remove();
  expect(existsSync(path)).toBe(false);
  await journal.remove();
});

test('a resumed journal is added to, and may be resumed again', async () => {
  const path = await filled();
  const journal = journalFile(path, { resume: true });
  await journal.open(header);
  await journal.add({ ...found, key: '[1]' });
  expect(await journalFile(path, { resume: true }).open(header)).toEqual([found, trained, { ...found, key: '[1]' }]);
});

describe('what a crash leaves', () => {
  test('a last line that was cut off counts as not written, wherever it was cut, and the next begins anew', async () => {
    const text = readFileSync(await filled());
    const ends = [...text.keys()].filter((i) => text[i] === 10);
    const [second = 0, third = 0] = ends.slice(1);
    for (const length of [second + 1, second + 2, third - 30, third]) {
      const path = write('cut.jsonl', text.subarray(0, length));
      const journal = journalFile(path, { resume: true });
      expect(await journal.open(header)).toEqual([found]);
      await journal.add(trained);
      expect(readFileSync(path).equals(text)).toBe(true);
    }
  });

  test('a header that was cut off counts as nothing: there is nothing to resume, and a new journal may begin', async () => {
    const text = readFileSync(await filled(), 'utf8');
    const path = write('header.jsonl', text.slice(0, 20));
    expect((await error(journalFile(path, { resume: true }).open(header))).message).toBe(
      `there is nothing to resume: no journal ${path}`,
    );
    const journal = journalFile(path, { resume: false });
    expect(await journal.open(header)).toEqual([]);
    await journal.add(found);
    await journal.add(trained);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('a header alone is a journal in which nothing is noted', async () => {
    const [first] = readFileSync(await filled(), 'utf8').split('\n');
    const path = write('alone.jsonl', `${first}\n`);
    expect(await journalFile(path, { resume: true }).open(header)).toEqual([]);
  });

  test('an empty file is none', async () => {
    const path = write('empty.jsonl', '');
    expect(await journalFile(path, { resume: false }).open(header)).toEqual([]);
  });
});

describe('is refused in words', () => {
  const message = async (path: string, resume: boolean, as: object = header) => {
    const thrown = await error(journalFile(path, { resume }).open(as as typeof header));
    expect(thrown).toBeInstanceOf(InputError);
    return thrown.message;
  };

  test('nothing to resume', async () => {
    const path = fresh();
    expect(await message(path, true)).toBe(`there is nothing to resume: no journal ${path}`);
    expect(await message(write('none.jsonl', ''), true)).toMatch(/^there is nothing to resume/);
  });

  test('a file that would be lost', async () => {
    const path = await filled();
    const before = readFileSync(path, 'utf8');
    expect(await message(path, false)).toBe(
      `the journal ${path} holds what a comparison had done that was cut off: resume it (--resume, or resume: true), or delete the file`,
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test.each<[object, string]>([
    [{ ...header, settings: { epochs: 20, seeds: 2 } }, 'settings.epochs was 3 and is 20'],
    [{ ...header, settings: { epochs: 3, seeds: 2, steps: 7 } }, 'settings.steps was missing and is 7'],
    [{ ...header, runs: [{ name: 'a' }] }, 'runs.1 was {"name":"b"} and is missing'],
    [{ ...header, runs: [{ name: 'a' }, { name: 'c' }] }, 'runs.1.name was "b" and is "c"'],
  ])('a journal of another comparison: %j', async (other, difference) => {
    const path = await filled();
    const before = readFileSync(path, 'utf8');
    expect(await message(path, true, other)).toBe(
      `the journal ${path} is of another comparison: ${difference}; take the same options, or delete the file`,
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('a damaged line, by its number', async () => {
    const path = await filled();
    const lines = readFileSync(path, 'utf8').split('\n');
    for (const damage of ['{"kind":', 'null', '7', '{}']) {
      writeFileSync(path, [lines[0], damage, lines[2], ''].join('\n'));
      expect(await message(path, true)).toBe(`the journal ${path} is damaged in line 2: delete the file to begin anew`);
    }
  });

  test('a folder in its place, and one that is not there', async () => {
    const path = fresh();
    mkdirSync(path);
    expect(await message(path, true)).toMatch(/^cannot read the journal .*EISDIR/);
    const journal = journalFile(join(folder, 'missing', 'journal.jsonl'), { resume: false });
    await journal.open(header);
    const thrown = await error(journal.add(found));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toMatch(/^cannot write the journal: ENOENT/);
  });
});

test.each<[unknown, unknown, string | undefined]>([
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, undefined],
  [{ a: 1 }, { a: '1' }, 'a was 1 and is "1"'],
  [{ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, 'a.b.c was 1 and is 2'],
  [{ a: null }, { a: {} }, 'a was null and is {}'],
  [{ a: 1 }, {}, 'a was 1 and is missing'],
  [{}, { a: false }, 'a was missing and is false'],
])('the first difference between %j and %j', (before, now, difference) => {
  expect(firstDifference(before, now)).toBe(difference);
});
