import { fork, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { processEnvironment } from '../../src/worker/process-settings.js';

const program = fileURLToPath(new URL('../../dist/worker/job-process.js', import.meta.url));

test('a process that runs jobs ends when the worker that started it was gone before', { timeout: 30_000 }, async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const settings = { backend: 'wasm', cache: tmpdir(), cacheBytes: 1, allowCode: false, worker: gone };
  // No Redis is there: the process would try to reach it for ever.
  const env = processEnvironment(settings, 'redis://127.0.0.1:1', 1);
  const child = fork(program, { env, execArgv: [], stdio: 'ignore' });
  expect(await new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))).toBe('SIGKILL');
});
