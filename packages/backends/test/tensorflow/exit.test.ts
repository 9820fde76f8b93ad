import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeTensorFlow } from '../support/tensorflow.js';

const CHILD = 'child.js';
const START = 'start.js';
const EARLY = 'early-exit.js';
const EARLY_WORKER = 'early-worker-exit.js';
const SIGNALLED = 'signalled.js';
const TERMINATED = 'terminated.js';
const WORKER_THREADS = 'worker-threads.js';

interface Ending {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** Runs one of the programs beside this file, which compute on TensorFlow and end. */
function run(program: string, ...argv: string[]): Promise<Ending> {
  return ending(start(program, argv));
}

function start(program: string, argv: readonly string[] = []): ChildProcessWithoutNullStreams {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const { TF_CPP_MIN_LOG_LEVEL: _, ...env } = process.env;
  return spawn(process.execPath, [path, ...argv], { env });
}

function ending(child: ChildProcessWithoutNullStreams): Promise<Ending> {
  return new Promise((resolve) => {
    const outputs = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk) => {
        outputs[name] += chunk;
      });
    }
    child.on('close', (code, signal) => resolve({ code, signal, ...outputs }));
  });
}

describeTensorFlow('a process that computed on TensorFlow', () => {
  test.concurrent.each<[string, number | null, string | null, RegExp]>([
    ['by itself', 0, null, /^$/],
    ['by process.exit(3)', 3, null, /^$/],
    ['by process.exitCode', 7, null, /^$/],
    ['by an uncaught error', 1, null, /Error: uncaught/],
    ['by an unhandled rejection', 1, null, /Error: unhandled/],
    ["by TensorFlow's error", 1, null, /TensorFlowError: /],
    ['by SIGINT', null, 'SIGINT', /^$/],
    ['by SIGTERM', null, 'SIGTERM', /^$/],
    ['after a worker thread computed too', 0, null, /^$/],
  ])('ends %s as it should, and writes nothing else', async (ending, code, signal, stderr) => {
    const result = await run(CHILD, ending);
    expect(result).toMatchObject({ code, signal, stdout: '12000\n' });
    expect(result.stderr).toMatch(stderr);
    expect(result.stderr).not.toMatch(/I0000|W0000|E0000|WARNING|Warning|oneDNN/);
  });

  test('is not disturbed by signals while it multiplies matrices', async () => {
    const child = start(SIGNALLED);
    const timers: NodeJS.Timeout[] = [];
    child.stdout.once('data', () => timers.push(setInterval(() => child.kill('SIGWINCH'), 1)));
    const result = await ending(child);
    for (const timer of timers) clearInterval(timer);
    expect(result).toEqual({ code: 0, signal: null, stdout: 'ready\n', stderr: '' });
  });

  test.each([
    ['the thread that loaded the library still computes', EARLY],
    ['a worker thread opens the library', EARLY_WORKER],
  ])('ends well while %s', async (_, program) => {
    const milliseconds = [0, 3, 6, 9, 12, 15, 20, 25, 30, 40];
    const endings: Ending[] = [];
    for (const after of milliseconds) endings.push(await run(program, `${after}`));
    expect(endings).toEqual(milliseconds.map(() => ({ code: 5, signal: null, stdout: '', stderr: '' })));
  });

  test('ends at once after a thread that computed was terminated', async () => {
    expect(await run(TERMINATED)).toEqual({ code: 0, signal: null, stdout: 'at once\n', stderr: '' });
  });

  // Only Linux shows its threads as files.
  test.runIf(process.platform === 'linux')(
    'keeps no thread of TensorFlow for a worker thread that has ended',
    async () => {
      const { stdout, stderr } = await run(WORKER_THREADS);
      expect(stderr).toBe('');
      const [first, ...later] = JSON.parse(stdout) as number[];
      // One thread of Node or koffi may come or go meanwhile; each worker would leave two to four.
      for (const threads of later) expect(threads).toBeLessThanOrEqual((first as number) + 1);
    },
  );

  test('ends well twenty times', async () => {
    const codes: (number | null)[] = [];
    const starts = async () => {
      for (let i = 0; i < 10; i++) codes.push((await run(START)).code);
    };
    await Promise.all([starts(), starts()]);
    expect(codes).toEqual(new Array(20).fill(5));
  });
});
