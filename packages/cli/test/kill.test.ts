// Long commands, ended at random moments: the exit code, no stack, and every file either as it was or complete.
//
//   LRFIND_KILLS=60 npx vitest run --project all packages/cli/test/kill.test.ts
//
// ends each command 60 times. LRFIND_SEED chooses other moments.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { repeatableRandom } from '../../data/test/temporary-files.js';
import { workspace } from './workspace.js';

const bin = fileURLToPath(new URL('../bin/lrfind.js', import.meta.url));
const KILLS = Number(process.env.LRFIND_KILLS ?? 2);
const random = repeatableRandom(Number(process.env.LRFIND_SEED ?? 1));
const here = workspace();
afterAll(() => here.remove());

/**
 * Mostly what Ctrl-C sends. After SIGKILL nothing can be tidied, but nothing may be lost either. 143 is SIGTERM's before Node runs
 * the program.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGINT', 'SIGKILL', 'SIGINT'] as const;
const allowedCodes: Readonly<Record<string, number[]>> = {
  SIGINT: [0, 130],
  SIGTERM: [0, 130, 143],
  SIGKILL: [0, 137],
};

interface Ended {
  /** As a shell reports it: 128 and the signal's number for a process that ended by a signal before it could catch it. */
  readonly code: number;
  readonly stderr: string;
  readonly milliseconds: number;
}

function run(argv: readonly string[], kill?: { signal: NodeJS.Signals; after: number }): Promise<Ended> {
  const began = performance.now();
  const child = spawn(process.execPath, [bin, ...argv], { cwd: here.path('.'), stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const timer = kill && setTimeout(() => child.kill(kill.signal), kill.after);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const reported = code ?? 128 + (signal ? constants.signals[signal] : 0);
      resolve({ code: reported, stderr, milliseconds: performance.now() - began });
    });
  });
}

/** Times differ between two runs of the same command; everything else is equal. */
function untimed(path: string): unknown {
  return JSON.parse(readFileSync(here.path(path), 'utf8'), (key, value) =>
    ['seconds', 'msPerStep', 'started'].includes(key) ? null : value,
  );
}

const data = ['-m', 'model.json', '-d', 'data.csv', '--backend', 'wasm', '--no-progress'];
const commands: [string, string[]][] = [
  ['find', ['find', ...data, '--repeats', '5', '-o', 'out.json,out.svg']],
  ['train', ['train', ...data, '--lr', '0.01', '--epochs', '60', '--save', 'saved', '-o', 'out.json,out.svg']],
  ['compare', ['compare', ...data, '--lr', '0.1,0.01', '--epochs', '20', '-o', 'out.json,out.svg']],
  [
    'compare on three threads',
    ['compare', ...data, '--lr', '0.1,0.01', '--epochs', '60', '--workers', '3', '-o', 'out.json,out.svg'],
  ],
];

test.each(commands)(
  '%s ends in order at any moment, and no file is lost or half-written',
  async (name, argv) => {
    const whole = await run(argv);
    expect([whole.code, whole.stderr.includes('wrote out.json')]).toEqual([0, true]);
    const expected = untimed('out.json');
    const files = [here.path('out.json'), here.path('out.svg')];
    const model = name === 'train' ? [here.path('saved/model.json'), here.path('saved/weights.bin')] : [];
    const saved = model.map((path) => readFileSync(path));
    const journal = here.path('out.json.journal');

    for (let i = 0; i < KILLS; i++) {
      for (const path of files) writeFileSync(path, 'old');
      const signal = signals[i % signals.length] as NodeJS.Signals;
      const after = random() * whole.milliseconds * 1.1;
      const resume = existsSync(journal) ? ['--resume'] : [];
      const { code, stderr } = await run([...argv, ...resume], { signal, after });
      const what = `${signal} after ${after.toFixed(0)} ms, exit code ${code}: ${stderr}`;
      expect(allowedCodes[signal], what).toContain(code);
      expect(stderr, what).not.toMatch(/\n\s+at |bug in lrfind/);
      // Both are written before either gets its name, so one that is new has its whole content.
      const contents = files.map((path) => readFileSync(path, 'utf8'));
      if (contents[0] !== 'old') expect(untimed('out.json'), what).toEqual(expected);
      if (contents[1] !== 'old') expect(contents[1], what).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
      if (code === 0) expect(contents, what).not.toContain('old');
      if (signal !== 'SIGKILL') expect(partial(), what).toEqual([]);
      else for (const path of partial()) rmSync(here.path(path), { recursive: true });
      // The same seed trains the same weights.
      expect(
        model.map((path) => readFileSync(path)),
        what,
      ).toEqual(saved);
    }

    if (!name.startsWith('compare')) return;
    const { code, stderr } = await run([...argv, ...(existsSync(journal) ? ['--resume'] : [])]);
    expect([code, stderr.includes('wrote out.json')], stderr).toEqual([0, true]);
    expect(untimed('out.json')).toEqual(expected);
    expect(existsSync(journal)).toBe(false);
  },
  180_000 + KILLS * 60_000,
);

/** What an interrupted process has left. */
function partial(): string[] {
  return readdirSync(here.path('.')).filter((name) => name.endsWith('.partial'));
}
