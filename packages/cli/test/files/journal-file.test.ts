import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { firstDifference, InputError, toBase64 } from '@lrfind/core';
import { fromSavedState, type JournalEntry, type StepState, type TrainedEntry, toSavedState } from '@lrfind/core/study';
import { describe, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { journalFile } from '../../src/files/journal-file.js';

const { folder, write } = temporaryFiles();
let files = 0;
const fresh = () => join(folder, `journal-${files++}.jsonl`);
const header = { settings: { epochs: 3, repeats: 2 }, trials: [{ name: 'a' }, { name: 'b' }] };

const suggested: JournalEntry = {
  kind: 'suggested',
  key: '[0]',
  suggestion: { learningRate: 0.1, low: 0.01, high: 0.3, verdict: 'sure' },
};
/** A state with all that JSON has trouble with: bits of float32, and NaN. */
const state: StepState = {
  seed: 1,
  steps: 8,
  lastRate: Number.NaN,
  // An array in the middle of a larger buffer, too.
  values: [Float32Array.of(0.1, -0, Number.NaN, Infinity, 1e-40), new Float32Array(8).fill(0.3).subarray(3, 5)],
};
const trained: TrainedEntry = {
  kind: 'trained',
  trial: 'a – ä',
  seed: 1,
  untilStep: 8,
  training: {
    seed: 1,
    start: { loss: 0.1 + 0.2, metrics: {} },
    evaluations: [
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
  state: toSavedState(state),
};
/** An entry as a journal gives it when it is opened again. */
const stored = { ...trained, state: 'stored' };
const error = (promise: Promise<unknown>) => promise.catch((thrown: Error) => thrown) as Promise<Error>;

/** A journal with two entries. */
async function filled(): Promise<string> {
  const path = fresh();
  const journal = journalFile(path, { resume: false });
  await journal.open(header);
  await journal.add(suggested);
  await journal.add(trained);
  return path;
}

test('entries are read as they were added, and a state to the bit', async () => {
  const path = await filled();
  const journal = journalFile(path, { resume: true });
  expect(await journal.open(header)).toEqual([suggested, stored]);
  const { state: read } = await journal.readState({ trial: 'a – ä', seed: 1, untilStep: 8 });
  expect(fromSavedState(read)).toEqual(state);
});

test('each state is read back with that of its callbacks, whether it was written now or earlier', async () => {
  const path = await filled();
  const pausedAt = (seed: number, untilStep: number, steps: number): TrainedEntry => ({
    ...{ ...trained, seed, untilStep, training: { ...trained.training, seed } },
    state: toSavedState({ ...state, steps }),
    callbacks: { optimizer: { learningRate: null, parameters: {} }, callbacks: [{ name: 'ü', steps }], rates: [0.1] },
  });
  const journal = journalFile(path, { resume: true });
  await journal.open(header);
  const [first, second] = [pausedAt(2, 8, 8), pausedAt(2, 16, 16)];
  await journal.add(first);
  await journal.add({ kind: 'scheduled', trial: 'a – ä', untilStep: 16 });
  await journal.add(second);
  for (const { seed, untilStep, state, callbacks } of [second, trained, first]) {
    const read = await journal.readState({ trial: 'a – ä', seed, untilStep });
    expect(read).toEqual({ state, ...(callbacks && { callbacks }) });
  }
});

test('no file is left where nothing was added, and none where it was removed', async () => {
  const path = fresh();
  const journal = journalFile(path, { resume: false });
  expect(journal.path).toBe(path);
  expect(await journal.open(header)).toEqual([]);
  expect(existsSync(path)).toBe(false);
  await journal.add(suggested);
  expect(existsSync(path)).toBe(true);
  await journal.remove();
  expect(existsSync(path)).toBe(false);
  await journal.remove();
});

test('a resumed journal is added to, and may be resumed again', async () => {
  const path = await filled();
  const journal = journalFile(path, { resume: true });
  await journal.open(header);
  await journal.add({ ...suggested, key: '[1]' });
  expect(await journalFile(path, { resume: true }).open(header)).toEqual([
    suggested,
    stored,
    { ...suggested, key: '[1]' },
  ]);
});

describe('what a crash leaves', () => {
  test('an incomplete last line counts as not written, wherever it ends, and the next one replaces it', async () => {
    const text = readFileSync(await filled());
    const ends = [...text.keys()].filter((i) => text[i] === 10);
    const [second = 0, third = 0] = ends.slice(1);
    for (const length of [second + 1, second + 2, third - 30, third]) {
      const path = write('cut.jsonl', text.subarray(0, length));
      const journal = journalFile(path, { resume: true });
      expect(await journal.open(header)).toEqual([suggested]);
      await journal.add(trained);
      expect(readFileSync(path).equals(text)).toBe(true);
    }
  });

  test('an incomplete header counts as not written: there is nothing to resume, and a new journal may start', async () => {
    const text = readFileSync(await filled(), 'utf8');
    const path = write('header.jsonl', text.slice(0, 20));
    expect((await error(journalFile(path, { resume: true }).open(header))).message).toBe(
      `there is nothing to resume: no journal ${path}`,
    );
    const journal = journalFile(path, { resume: false });
    expect(await journal.open(header)).toEqual([]);
    await journal.add(suggested);
    await journal.add(trained);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('a header alone is a journal without entries', async () => {
    const [first] = readFileSync(await filled(), 'utf8').split('\n');
    const path = write('alone.jsonl', `${first}\n`);
    expect(await journalFile(path, { resume: true }).open(header)).toEqual([]);
  });

  test('an empty file is no journal', async () => {
    const path = write('empty.jsonl', '');
    expect(await journalFile(path, { resume: false }).open(header)).toEqual([]);
  });
});

describe('a file that others change while the comparison runs', () => {
  const goesOn = async (path: string) => {
    const journal = journalFile(path, { resume: true });
    await journal.open(header);
    return journal;
  };

  test('one that was removed is not begun anew without its header', async () => {
    const path = await filled();
    const journal = await goesOn(path);
    rmSync(path);
    const thrown = await error(journal.add(trained));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(
      `the journal ${path} was removed while the comparison ran, and what was done is lost with it: start again without --resume`,
    );
    expect(existsSync(path)).toBe(false);
  });

  test('of two comparisons that resume it, the second to add something ends, and nothing stands in it twice', async () => {
    const path = await filled();
    const [first, second] = [await goesOn(path), await goesOn(path)];
    const { size } = statSync(path);
    await first.add({ ...suggested, key: '[1]' });
    const thrown = await error(second.add({ ...suggested, key: '[1]' }));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(
      `the journal ${path} must have ${size} bytes, as it was written; it has ${statSync(path).size}: another program changed it while the comparison ran, or a second comparison goes on with it; --resume goes on with what it holds now`,
    );
    await first.add({ ...suggested, key: '[2]' });
    expect(await journalFile(path, { resume: true }).open(header)).toHaveLength(4);
  });

  test.each([0, 100])('one that was cut to %i bytes is not added to', async (length) => {
    const path = await filled();
    const journal = await goesOn(path);
    truncateSync(path, length);
    expect((await error(journal.add(suggested))).message).toContain(`as it was written; it has ${length}: `);
    expect(statSync(path).size).toBe(length);
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
      `the journal ${path} holds the trainings of an interrupted comparison: resume it (--resume, or resume: true), or delete the file`,
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test.each<[object, string]>([
    [{ ...header, settings: { epochs: 20, repeats: 2 } }, 'settings.epochs was 3 and is 20'],
    [{ ...header, settings: { epochs: 3, repeats: 2, steps: 7 } }, 'settings.steps was missing and is 7'],
    [{ ...header, trials: [{ name: 'a' }] }, 'trials.1 was {"name":"b"} and is missing'],
    [{ ...header, trials: [{ name: 'a' }, { name: 'c' }] }, 'trials.1.name was "b" and is "c"'],
  ])('a journal of another comparison: %j', async (other, difference) => {
    const path = await filled();
    const before = readFileSync(path, 'utf8');
    expect(await message(path, true, other)).toBe(
      `the journal ${path} must be of the same comparison; ${difference}: use the same options, or delete the file`,
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('a journal of a later version', async () => {
    const path = await filled();
    const later = readFileSync(path, 'utf8').replace('"version":2', '"version":3');
    writeFileSync(path, later);
    expect(await message(path, true)).toBe(
      `the journal ${path} must be of version 1 or 2; got 3: resume it with the lrfind that wrote it, or delete the file`,
    );
    expect(readFileSync(path, 'utf8')).toBe(later);
  });

  test('a damaged line, by its number', async () => {
    const path = await filled();
    const lines = readFileSync(path, 'utf8').split('\n');
    for (const damage of ['{"kind":', 'null', '7', '{}']) {
      writeFileSync(path, [lines[0], damage, lines[2], ''].join('\n'));
      expect(await message(path, true)).toBe(
        `the journal ${path} is damaged in line 2: delete the file to start again`,
      );
    }
  });

  test('a folder in its place, and one that is not there', async () => {
    const path = fresh();
    mkdirSync(path);
    expect(await message(path, true)).toBe(
      `the journal ${path} cannot be read: ${path} is a directory: name the file inside it`,
    );
    const journal = journalFile(join(folder, 'missing', 'journal.jsonl'), { resume: false });
    await journal.open(header);
    const thrown = await error(journal.add(suggested));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toMatch(
      /^the journal \S+journal\.jsonl cannot be written: ENOENT: no such file or directory$/,
    );
  });
});

describe.skipIf(process.platform === 'win32')('a journal that is new is made by this process alone', () => {
  test('a link to nothing that was planted there is not followed', async () => {
    const path = fresh();
    const target = fresh();
    symlinkSync(target, path);
    const journal = journalFile(path, { resume: false });
    await journal.open(header);
    expect((await error(journal.add(suggested))).message).toBe(
      `the journal ${path} cannot be written: EEXIST: file already exists`,
    );
    expect(existsSync(target)).toBe(false);
  });

  test('of two comparisons that start at once, the second is refused, and the first goes on', async () => {
    const path = fresh();
    const [first, second] = [journalFile(path, { resume: false }), journalFile(path, { resume: false })];
    await first.open(header);
    await second.open(header);
    await first.add(suggested);
    expect((await error(second.add(trained))).message).toMatch(/cannot be written: EEXIST/);
    await first.add(trained);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(3);
  });

  test('a pipe or a device in its place is refused, without waiting', async () => {
    const path = fresh();
    execFileSync('mkfifo', [path]);
    for (const resume of [true, false])
      expect((await error(journalFile(path, { resume }).open(header))).message).toBe(
        `the journal ${path} cannot be read: ${path} must be a regular file; got a pipe, which may never end: write it to a file first`,
      );
    expect((await error(journalFile('/dev/zero', { resume: false }).open(header))).message).toMatch(/got a device$/);
  });
});

describe('a journal of version 1', () => {
  // Written by an interrupted comparison: two sweeps that suggested rates, eight paused trainings, and one that ended.
  const old = readFileSync(new URL('version-1.journal', import.meta.url), 'utf8');
  const [first = '', ...lines] = old.trimEnd().split('\n');
  const { header: found } = JSON.parse(first);
  const { seeds: repeats, ...settings } = found.settings;
  const { runs, ...others } = found;
  const present = { ...others, settings: { ...settings, repeats }, trials: runs };
  const put = (text: string) => write('old.journal', text);

  test('is read under the present names, with the same values', async () => {
    const path = put(old);
    const journal = journalFile(path, { resume: true });
    const entries = await journal.open(present);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'suggested',
      'suggested',
      ...Array.from({ length: 9 }, () => 'trained'),
    ]);
    const before = lines.map((line) => JSON.parse(line));
    for (const [i, entry] of entries.entries()) {
      if (entry.kind === 'suggested') {
        expect(entry).toEqual({ kind: 'suggested', key: before[i].key, suggestion: before[i].found });
        continue;
      }
      if (entry.kind !== 'trained') throw new Error(`version 1 had no entries of kind ${entry.kind}`);
      const { run, until, training, ...kept } = before[i];
      const { points: evaluations, ...same } = training;
      const state = i === 10 ? null : 'stored';
      expect(entry).toEqual({ ...kept, trial: run, untilStep: until, training: { ...same, evaluations }, state });
      if (state) expect(await journal.readState(entry)).toEqual({ state: kept.state });
    }
    expect(readFileSync(path, 'utf8')).toBe(old);
  });

  test('is added to under the present names, and read again', async () => {
    const path = put(old);
    const journal = journalFile(path, { resume: true });
    const entries = await journal.open(present);
    await journal.add(trained);
    expect(await journalFile(path, { resume: true }).open(present)).toEqual([...entries, stored]);
  });

  test('of another comparison is refused under the present names', async () => {
    const other = { ...present, settings: { ...present.settings, repeats: 7 } };
    const thrown = await error(journalFile(put(old), { resume: true }).open(other));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toMatch(/must be of the same comparison; settings\.repeats was 2 and is 7: /);
  });

  test('that is damaged is refused', async () => {
    for (const damage of ['{"kind":"found"', '{}', '[]', '{"kind":"lost"}']) {
      const path = put([first, lines[0], damage, ...lines.slice(2), ''].join('\n'));
      const thrown = await error(journalFile(path, { resume: true }).open(present));
      expect(thrown).toBeInstanceOf(InputError);
      expect(thrown.message).toBe(`the journal ${path} is damaged in line 3: delete the file to start again`);
    }
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

describe('a state that cannot be read back: one message', () => {
  const refusal = (path: string, reason: string) =>
    `the journal ${path} must have the state of trial "a – ä" with seed 1 after 8 steps, as it was written; ${reason}`;
  const damaged = 'it is damaged: delete the file to start again';

  test.each<[string, (path: string) => void, string]>([
    [
      'one letter was changed',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"rate":1e-7', '"rate":1e-6')),
      damaged,
    ],
    ['the file was cut', (path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, -40)), damaged],
    [
      'the file was removed',
      (path) => rmSync(path),
      'the file is gone, and what was done is lost with it: start again without --resume',
    ],
  ])('%s while the comparison ran', async (_, change, reason) => {
    const path = await filled();
    const journal = journalFile(path, { resume: true });
    await journal.open(header);
    change(path);
    const thrown = await error(journal.readState(trained));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(refusal(path, reason));
  });

  test('it was never there', async () => {
    const path = await filled();
    const journal = journalFile(path, { resume: true });
    await journal.open(header);
    const thrown = await error(journal.readState({ ...trained, seed: 7 }));
    expect(thrown.message).toBe(
      refusal(path, 'it has none: delete the file to start again').replace('seed 1', 'seed 7'),
    );
  });
});

describe('a journal that was changed', () => {
  const saved = { seed: 0, steps: 2, lastRate: 0.1, values: [toBase64(Float32Array.of(1, 2))] };
  const paused = { ...trained, state: saved } satisfies JournalEntry;
  async function journalOf(...entries: JournalEntry[]): Promise<string> {
    const path = fresh();
    const journal = journalFile(path, { resume: false });
    await journal.open(header);
    for (const entry of entries) await journal.add(entry);
    return path;
  }
  const resumed = (path: string) => journalFile(path, { resume: true }).open(header);

  test.each([
    ['one letter of a saved weight', (text: string) => text.replace('"AACAPw', '"AACAQw')],
    ['one digit of a number', (text: string) => text.replace('"steps":2', '"steps":3')],
    [
      'the checksum',
      (text: string) => text.replace(/"checksum":(\d)/, (_, digit) => `"checksum":${(Number(digit) % 9) + 1}`),
    ],
  ])('%s: one message with the line, and the file stays as it was', async (_, change) => {
    const path = await journalOf(suggested, paused);
    const text = readFileSync(path, 'utf8');
    const lines = text.split('\n');
    const damaged = [...lines.slice(0, 2), change(lines[2] as string), ''].join('\n');
    expect(damaged).not.toBe(text);
    writeFileSync(path, damaged);
    const thrown = await error(resumed(path));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(`the journal ${path} is damaged in line 3: delete the file to start again`);
    expect(readFileSync(path, 'utf8')).toBe(damaged);
  });

  test.each<[string, object, string]>([
    ['no training', { training: undefined }, '/ must have training: an object'],
    ['a seed of text', { seed: '0' }, '/seed must be a whole number; got "0"'],
    [
      'a state without values',
      { state: { ...saved, values: undefined } },
      '/state must have values: a list, each numbers in base64',
    ],
    [
      'a state that is no list',
      { state: { ...saved, values: 'AAAA' } },
      '/state/values must be a list, each numbers in base64; got "AAAA"',
    ],
    [
      'letters that are no base64',
      { state: { ...saved, values: ['AA$A'] } },
      '/state/values/0 must be numbers in base64; got "AA$A"',
    ],
    [
      'a number cut in two',
      { state: { ...saved, values: ['AAAA'] } },
      '/state/values/0 must be whole float32 numbers; got 3 bytes',
    ],
    ['a field that there is not', { extra: 1 }, '/ must not have "extra"'],
  ])('%s, in a line without a checksum: the place in it', async (_, change, message) => {
    const path = await journalOf(suggested);
    appendFileSync(path, `${JSON.stringify({ ...paused, ...change })}\n`);
    const thrown = await error(resumed(path));
    expect(thrown).toBeInstanceOf(InputError);
    expect(thrown.message).toBe(`the journal ${path} is damaged in line 3: ${message}: delete the file to start again`);
  });
});
