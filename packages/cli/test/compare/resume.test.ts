import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { version } from '@lrfind/core';
import type { Comparison } from '@lrfind/core/results';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspace } from '../workspace.js';
import { compareCommand } from './compare-command.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const { compare, json } = compareCommand(() => here, 2);
const untimed = (comparison: Comparison) =>
  JSON.parse(JSON.stringify(comparison, (key, value) => (key === 'seconds' || key === 'environment' ? 0 : value)));

describe('an interrupted comparison', () => {
  // Long enough to be interrupted also where this process is kept waiting for its turn.
  const argv = ['--lr', '0.1,0.01,0.001', '--repeats', 4, '--epochs', 100];
  const journal = () => here.path('trials.journal');
  const lines = () => (existsSync(journal()) ? readFileSync(journal(), 'utf8').split('\n').length - 1 : 0);

  /** Interrupts a process of its own when some trainings are done. */
  async function interrupted(...more: (string | number)[]): Promise<{ code: number | null; stderr: string }> {
    const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
    const base = ['compare', '--model', here.model, '--data', here.data, '--backend', 'wasm', '--journal', journal()];
    const child = spawn(process.execPath, [bin, ...[...base, ...argv, ...more].map(String)]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (child.exitCode === null && lines() < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    return { code: await ended, stderr };
  }

  const callbacks = [
    'reduce-lr-on-plateau(factor=0.5, patience=2, minDelta=0.01)',
    'early-stopping(patience=9, restoreBestWeights=true)',
  ];
  test.each([
    ['to the end'],
    ['with halving', '--halving'],
    ['with asynchronous halving', '--halving', 'asynchronous', '--optimizer', 'adam,sgd'],
    ['with callbacks', '--halving', '--callback', callbacks.join()],
  ])('resumed %s, has the result of an uninterrupted one', async (_, ...more) => {
    const { code, stderr } = await interrupted(...more);
    expect(code).toBe(130);
    expect(stderr).toBe(`lrfind: ${journal()} holds what is done; the same command with --resume continues\n`);
    expect(lines()).toBeGreaterThanOrEqual(4);
    // A crash may leave half a line.
    appendFileSync(journal(), '{"kind":"trained","trial":"0.0');
    const resumed = await json(...argv, ...more, '--resume');
    expect(existsSync(journal())).toBe(false);
    expect(untimed(resumed)).toEqual(untimed(await json(...argv, ...more)));
  });

  test('is neither lost nor mistaken for another', async () => {
    await interrupted();
    const before = readFileSync(journal(), 'utf8');
    const refused = async (message: RegExp, ...options: (string | number)[]) => {
      const { code, stdout, stderr } = await compare(...argv, ...options);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
      expect(readFileSync(journal(), 'utf8')).toBe(before);
    };
    await refused(/trials\.journal holds the trainings of an interrupted comparison: resume it \(--resume/);
    await refused(/must be of the same comparison; settings\.epochs was 100 and is 101: /, '--resume', '--epochs', 101);
    await refused(/must be of the same comparison; trials\.3 was missing and is .*"0\.2"/, '--resume', '--lr', 0.2);
  });

  test('never uses a file that is not its journal', async () => {
    const note = here.put('note.txt', 'buy milk');
    const refused = async (path: string, message: RegExp, ...options: string[]) => {
      const { code, stderr } = await compare('--lr', '0.1,1', '--journal', path, ...options);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    };
    await refused(note, /note\.txt exists and is not the journal of a comparison: name another file/);
    await refused(note, /note\.txt exists and is not the journal of a comparison/, '--resume');
    expect(readFileSync(note, 'utf8')).toBe('buy milk');
    await refused(here.data, /--journal .*data\.csv would overwrite the input\n/);
    const out = here.path('c.json');
    await refused(
      out,
      /--journal must be a file of its own; got .*c\.json, which is also that of --out\n/,
      '--out',
      out,
    );
    await refused(here.path('.'), /--journal must be a file; got the directory /);
    await refused(here.path('none/x.journal'), /--journal .*: there is no folder/);
  });

  test('is needed for --resume', async () => {
    const { code, stderr } = await compare(...argv, '--resume');
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is nothing to resume: no journal .*trials\.journal/);
  });
});

describe('a journal of version 1', () => {
  // Written by a comparison of lrfind 0.1.0 that Ctrl-C interrupted in the second stage of halving.
  const argv = ['--backend', 'cpu', '--optimizer', 'sgd,adam', '--lr', 'find,0.05', '--repeats', 2, '--epochs', 8];
  const old = readFileSync(new URL('../files/version-1.journal', import.meta.url), 'utf8').replace(
    /"lrfind":"[^"]*"/,
    `"lrfind":"${version}"`,
  );

  test('is resumed to one result, whole or cut after its searches, whose rates it keeps', async () => {
    const lines = old.trimEnd().split('\n');
    const found = lines.slice(1, 3).map((line) => JSON.parse(line).found.learningRate);
    const results = [];
    for (const length of [lines.length, 11, 3]) {
      const path = here.put('trials.journal', `${lines.slice(0, length).join('\n')}\n`);
      results.push(await json(...argv, '--halving', '--resume'));
      expect(existsSync(path)).toBe(false);
    }
    for (const result of results) {
      expect(untimed(result)).toEqual(untimed(results[0] as never));
      const rates = result.trials.flatMap(({ recipe }) => recipe.suggestion?.learningRate ?? []);
      expect(rates.toSorted()).toEqual(found.toSorted());
    }
  });

  test('that has its header alone is resumed to the result of an uninterrupted comparison', async () => {
    const whole = await json(...argv, '--halving');
    here.put('trials.journal', `${old.split('\n')[0]}\n`);
    expect(untimed(await json(...argv, '--halving', '--resume'))).toEqual(untimed(whole));
  });

  test.each<[string, (text: string) => string, (string | number)[], RegExp]>([
    ['of another length', (text) => text, ['--epochs', 9], /same comparison; settings\.epochs was 8 and is 9: /],
    ['of other repeats', (text) => text, ['--repeats', 3], /same comparison; settings\.repeats was 2 and is 3: /],
    ['of other trials', (text) => text, ['--lr', 1], /same comparison; trials\.2\.name was "adam, found rate" and is/],
    ['of other rows', (text) => text, ['--scale', 'none'], /same comparison; models\.0\.rows was \d+ and is \d+: /],
    [
      'with a damaged line',
      (text) => text.replace('"trained"', '"traind"'),
      [],
      /is damaged in line 4: delete the file/,
    ],
    ['without its header', (text) => text.slice(text.indexOf('\n') + 1), [], /is not the journal of a comparison/],
  ])('%s is refused, and kept', async (_, change, more, message) => {
    const path = here.put('trials.journal', change(old));
    const { code, stdout, stderr } = await compare(...argv, '--halving', '--resume', ...more);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(readFileSync(path, 'utf8')).toBe(change(old));
  });
});
