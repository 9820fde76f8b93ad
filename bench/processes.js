// Runs commands in processes of their own and measures them.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** lrfind's command. */
export const program = here('../packages/cli/bin/lrfind.js');

/**
 * Runs Node to the end of a program.
 *
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined>, until?: RegExp, bare?: boolean, cwd?: string }} [options] `until`: ends the program as soon as it has
 *   written this to stderr; `bare`: nothing is loaded that measures its memory, which then is NaN
 * @returns {Promise<{ seconds: number, megabytes: number, output: string }>} `megabytes`: the most memory that it held
 */
export async function timed(args, { env, until, bare = false, cwd } = {}) {
  const start = performance.now();
  const child = spawn(process.execPath, [...(bare ? [] : ['--import', here('peak-memory.js')]), ...args], {
    env: { ...process.env, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [output, errors, memory] = [1, 2, 3].map((fd) => collected(child.stdio[fd]));
  let seen = 0;
  if (until)
    child.stderr?.on('data', () => {
      if (seen > 0 || !until.test(errors?.text ?? '')) return;
      seen = performance.now();
      child.kill('SIGTERM');
    });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const end = seen || performance.now();
  if (until ? seen === 0 : code !== 0) throw new Error(`node ${args.join(' ')}: ${errors?.text}`);
  return {
    seconds: (end - start) / 1000,
    megabytes: Number(memory?.text || Number.NaN) / 1024,
    output: output?.text ?? '',
  };
}

/** @param {unknown} stream */
function collected(stream) {
  const all = { text: '' };
  /** @type {import('node:stream').Readable} */ (stream)
    .setEncoding('utf8')
    .on('data', (/** @type {string} */ text) => {
      all.text += text;
    });
  return all;
}

/** Seconds of the fixed piece of work. */
export async function yardstick() {
  return (await timed([here('yardstick.js')])).seconds;
}
