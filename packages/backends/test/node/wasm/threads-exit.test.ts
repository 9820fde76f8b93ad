import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('threads-exit.js', import.meta.url));

/** Runs the program beside this file with three threads. */
function run(ending: string): Promise<{ code: unknown; signal: unknown; stdout: string; stderr: string }> {
  const env = { ...process.env, LRFIND_THREADS: '3' };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ending], { env, timeout: 300_000 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    );
  });
}

describe('a process that computed with several threads', () => {
  const device = 'CPU (WebAssembly with SIMD, 3 threads)\n';
  test.concurrent.each<[string, number | null, string | null, RegExp]>([
    ['by itself', 0, null, /^$/],
    ['by process.exit(3)', 3, null, /^$/],
    ['by an uncaught error', 1, null, /threads-exit\.js:\d+\n[^\n]+\n[ ^]+\n\nError: uncaught\n {4}at /],
    ['by an unhandled rejection', 1, null, /threads-exit\.js:\d+\n[^\n]+\n[ ^]+\n\nError: unhandled\n {4}at /],
    ['by SIGINT', null, 'SIGINT', /^$/],
    ['by SIGTERM', null, 'SIGTERM', /^$/],
    ['after tf.removeBackend', 0, null, /^$/],
    ['after a worker thread computed too', 0, null, /^$/],
  ])('ends %s as it should, and writes nothing else', async (ending, code, signal, stderr) => {
    const result = await run(ending);
    expect(result).toMatchObject({ code, signal, stdout: device });
    expect(result.stderr).toMatch(stderr);
  });
});

test.each([
  ['no worker can be made', 'no more threads'],
  ['the program of a worker fails', 'no location'],
])('where %s, one thread computes, and the device says why', async (where, why) => {
  expect(await run(`where ${where}`)).toEqual({
    code: 0,
    signal: null,
    stdout: `CPU (WebAssembly with SIMD, 1 thread; 3 threads did not start: ${why})\n`,
    stderr: '',
  });
});
