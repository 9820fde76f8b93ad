import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

const program = fileURLToPath(new URL('program.js', import.meta.url));
const few = ['--start-lr', 1e-4, '--end-lr', 100, '--steps', 40, '--repeats', 2] as const;

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const loop = (how: string, ...flags: (string | number)[]) =>
  lrfind('loop', ...few, ...flags, '--', process.execPath, program, how, here.path('log'));
const asked = () =>
  readFileSync(here.path('log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('asks for each step of each sweep, writes the result, and ends the program', async () => {
  const out = here.path('sweep.json');
  const { code, stdout, stderr } = await loop('well', '--optimizer', 'sgd', '--name', 'own', '-o', out);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `wrote ${out}\n` });
  expect(stdout).toMatch(/^own · loss · sgd · 2 sweeps · loop · /m);
  // Of the optimizer only the name is known, which is too little for a line of code.
  expect(stdout).not.toContain('optimizer = ');
  const { suggestion, sweeps, options } = JSON.parse(readFileSync(out, 'utf8'));
  // The best rate of this loss is 0.5, and it diverges above 1.
  expect(suggestion.learningRate).toBeGreaterThan(0.02);
  expect(suggestion.learningRate).toBeLessThan(1);
  expect(options).toMatchObject({ program: [process.execPath, program, 'well', here.path('log')], repeats: 2 });
  const steps = sweeps.map(({ seed, points }: { seed: number; points: { rate: number }[] }) => [
    { reset: seed },
    ...points.map(({ rate }) => ({ step: { rate, seed } })),
  ]);
  expect(asked()).toEqual([...steps.flat(), { reset: 0 }]);
});

test('tries the answer by the losses of rows that the program does not train on', async () => {
  const out = here.path('sweep.json');
  const { code } = await loop('well', '--optimizer', 'sgd', '--verify', 300, '--evaluate', '--quiet', '-o', out);
  expect(code).toBe(0);
  const { suggestion, verification } = JSON.parse(readFileSync(out, 'utf8'));
  expect(suggestion.method).toBe('trainings');
  expect(verification.comparedBy).toBeUndefined();
  expect(asked()).toContainEqual({ evaluate: 2 });
});

test('its result is drawn and reported as others are', async () => {
  const out = here.path('sweep.json');
  await loop('well', '--optimizer', 'sgd', '--verify', 300, '-o', out);
  const picture = here.path('sweep.svg');
  expect((await lrfind('plot', out, '-o', picture)).code).toBe(0);
  expect(readFileSync(picture, 'utf8')).toContain('loss of the last batches');
  const report = here.path('report.html');
  expect((await lrfind('report', out, '-o', report)).code).toBe(0);
  expect(readFileSync(report, 'utf8')).toContain('by the losses of its last batches');
});

test('takes NaN and infinities as Python writes them, and null', async () => {
  expect((await loop('python', '--quiet')).code).toBe(0);
  const { code, stderr } = await loop('null', '--quiet');
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      'no learning rate: the loss was not finite from the first step on: check the data and the loss, and scale the features\n',
  });
});

const first = '{"step":{"rate":0.0001,"seed":0}}';
test.each([
  ['ends at once', 'ends', `the program ended with exit code 7 before it answered ${first}, after 0 answers`],
  ['ends at a step', 'dies', `the program ended with exit code 3 before it answered ${first}, after 0 answers`],
  [
    'writes something else',
    'text',
    `the program must answer ${first} with a line such as {"loss": 0.5}, and write everything else to standard error; got "Epoch 1/5"`,
  ],
  [
    'answers a text',
    'other',
    `the program must answer ${first} with a line such as {"loss": 0.5}, and write everything else to standard error; got "{\\"loss\\": \\"0.5\\"}"`,
  ],
  [
    'answers no loss',
    'wrong',
    `the program must answer ${first} with a line such as {"loss": 0.5}, and write everything else to standard error; got "{\\"accuracy\\": 1}"`,
  ],
  ['does not answer', 'hangs', `the program did not answer ${first} within 0.5 s; --timeout allows more`],
])('a program that %s is one message and exit code 2', async (_, how, message) => {
  const { code, stderr, stdout } = await loop(
    how,
    '--timeout',
    how === 'hangs' ? 0.5 : 60,
    '-o',
    here.path('sweep.json'),
  );
  expect({ code, stderr, stdout }).toEqual({ code: 2, stderr: `lrfind: ${message}\n`, stdout: '' });
  expect(existsSync(here.path('sweep.json'))).toBe(false);
});

test('an answer that nobody has asked for is refused', async () => {
  const { code, stderr } = await loop('twice');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^lrfind: the program must write nothing but answers to standard output; got "\{\\"loss\\": /);
});

test.each([
  [
    'a program that does not exist',
    ['--', 'no-such-program'],
    'the program no-such-program cannot be started: spawn no-such-program ENOENT',
  ],
  ['no program', [], '<program> must be given'],
  [
    'an option of evaluation without trials',
    ['--evaluate', '--', 'true'],
    '--evaluate must be left out without --verify',
  ],
  ['an unknown optimizer', ['--optimizer', 'adm', '--', 'true'], 'did you mean adam?'],
  [
    'a range that falls',
    ['--start-lr', 1, '--end-lr', 0.5, '--', 'true'],
    '--start-lr must be below --end-lr; got 1 and 0.5',
  ],
  [
    'a file that cannot be written',
    ['-o', 'x.txt', '--', 'true'],
    '--out must end in one of .png, .svg, .json, .csv; got x.txt',
  ],
])('%s is refused', async (_, argv, message) => {
  const { code, stderr } = await lrfind('loop', ...argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

describe('as a process of its own', () => {
  const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
  const start = (argv: readonly string[]) => {
    const child = spawn(process.execPath, [bin, 'loop', '--no-progress', ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, ended, stderr: () => stderr };
  };
  const runs = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  test('what the program writes to standard error passes through, and its flags are its own', async () => {
    // Without `--`, the first word that is no flag of lrfind's is the program.
    const { ended, stderr } = start([
      ...few.map(String),
      '--quiet',
      process.execPath,
      program,
      'stderr',
      here.path('log'),
      '--help',
    ]);
    expect(await ended).toBe(0);
    expect(stderr()).toBe('said on standard error\n');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends lrfind with 130, and the program with all it has started',
    async (signal) => {
      const pids = here.path('pids');
      const inner = `require('fs').appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n'); setInterval(() => {}, 1000)`;
      const shell = `${JSON.stringify(process.execPath)} -e ${JSON.stringify(inner)} & echo $! > /dev/null; echo $$ >> ${pids}; cat > /dev/null; wait`;
      const { child, ended } = start(['--', 'sh', '-c', shell]);
      const started = () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []);
      while (started().length < 2) await wait(20);
      child.kill(signal);
      expect(await ended).toBe(130);
      for (let i = 0; i < 100 && started().some(runs); i++) await wait(20);
      expect(started().filter(runs)).toEqual([]);
    },
  );
});
