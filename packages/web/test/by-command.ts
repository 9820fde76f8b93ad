import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Result } from '@lrfind/core/results';

/** The command, as built. */
export const bin = fileURLToPath(new URL('../../cli/bin/lrfind.js', import.meta.url));

/** What the command says of files of a folder, with one thread. */
export function byCommand(folder: string, ...argv: string[]): Result {
  const { stdout, stderr } = spawnSync(process.execPath, [bin, ...argv, '--backend', 'wasm', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LRFIND_THREADS: '1' },
    maxBuffer: 1e8,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A result without what differs from one run to another. */
export function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, each) =>
    key === 'seconds' || key === 'environment' ? undefined : each,
  );
}
