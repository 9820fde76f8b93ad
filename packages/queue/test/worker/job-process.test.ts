import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { version } from '@lrfind/core';
import { expect, test } from 'vitest';
import { jobProcesses } from '../../src/worker/job-processes.js';
import { processEnvironment } from '../../src/worker/process-settings.js';

const program = new URL('../../dist/worker/job-process.js', import.meta.url);

test('a process that runs jobs ends when the worker that started it was gone before', { timeout: 30_000 }, async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const settings = { backend: 'wasm', cache: tmpdir(), cacheBytes: 1, allowCode: false, worker: gone };
  // No Redis is there: the process would try to reach it for ever.
  const env = processEnvironment(settings, 'redis://127.0.0.1:1', 1);
  const child = fork(fileURLToPath(program), { env, execArgv: [], stdio: 'ignore' });
  expect(await new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))).toBe('SIGKILL');
});

test('what --shared names out of reach is said as such, and not as a Redis that may come back', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shared = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  server.close();
  const settings = { backend: 'wasm', cache: tmpdir(), cacheBytes: 1, shared, allowCode: false, worker: process.pid };
  const processes = jobProcesses(program, processEnvironment(settings, 'redis://127.0.0.1:1', 1));
  const large = { sha256: '0'.repeat(64), bytes: 2 ** 25 };
  const recipe = { optimizer: { name: 'adam' }, batchSize: 1, schedule: {} };
  const spec = { trial: 'a', recipe, seed: 0, evaluateAt: [1], length: 1 };
  const job = { lrfind: version, backend: 'wasm', model: large, rows: large, spec, from: null };
  try {
    expect(await processes.run(job)).toEqual({
      refused: `${shared}${large.sha256} cannot be reached: ECONNREFUSED`,
    });
  } finally {
    processes.end();
  }
});
