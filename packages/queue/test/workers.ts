import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../cli/bin/lrfind.js', import.meta.url));

/** A worker of the built command. */
export interface StartedWorker {
  readonly process: ChildProcess;
  /** What it has said. */
  readonly said: () => string;
  /** Waits for something that it says. */
  says(text: string | RegExp): Promise<void>;
  /** Ends it as nothing can prepare for. */
  kill(): Promise<void>;
}

/** Starts workers, with one cache for all, and ends those that are left. */
export function workerPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-worker-'));
  const all = new Set<StartedWorker>();
  return {
    cache: join(folder, 'cache'),
    /** @param url goes into the environment, as it may have a password */
    start(url: string, ...flags: readonly string[]): StartedWorker {
      const process = spawn(
        globalThis.process.execPath,
        [bin, 'worker', '--backend', 'wasm', '--concurrency', '1', '--cache', join(folder, 'cache'), ...flags],
        { env: { ...globalThis.process.env, LRFIND_QUEUE: url }, stdio: ['ignore', 'ignore', 'pipe'] },
      );
      let text = '';
      process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      const ended = new Promise<void>((resolve) => process.once('close', () => resolve()));
      const worker: StartedWorker = {
        process,
        said: () => text,
        says: (wanted) =>
          new Promise((resolve, reject) => {
            const look = () => {
              if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) resolve();
            };
            process.stderr?.on('data', look);
            process.once('close', () => {
              look();
              reject(new Error(`the worker ended without ${wanted}: ${text}`));
            });
            look();
          }),
        async kill() {
          all.delete(worker);
          process.kill('SIGKILL');
          await ended;
        },
      };
      all.add(worker);
      return worker;
    },
    /** Ends all that still run. */
    async kill(): Promise<void> {
      await Promise.all([...all].map((worker) => worker.kill()));
    },
    async remove(): Promise<void> {
      await Promise.all([...all].map((worker) => worker.kill()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
