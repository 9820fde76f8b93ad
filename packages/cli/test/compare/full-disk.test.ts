import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { workspace } from '../workspace.js';

const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
const here = workspace();
afterAll(() => here.remove());

/**
 * Runs the command where no file may be larger than so many kilobytes: a limit of the shell, with which the system refuses to write as it
 * does on a full disk, by another word (EFBIG).
 */
function run(argv: readonly string[], kilobytes?: number) {
  const limit = kilobytes === undefined ? '' : `ulimit -f ${kilobytes}; `;
  const { status, stderr } = spawnSync('bash', ['-c', `${limit}exec "$@"`, 'bash', process.execPath, bin, ...argv], {
    cwd: here.path('.'),
    encoding: 'utf8',
  });
  return { status, stderr };
}

const untimed = (name: string) =>
  JSON.parse(readFileSync(here.path(name), 'utf8'), (key, value) =>
    ['seconds', 'msPerStep', 'started'].includes(key) ? null : value,
  );

const flags = ['-m', 'model.json', '-d', 'data.csv', '--backend', 'wasm', '--no-progress', '--quiet'];
const compare = ['compare', ...flags, '--search', '8', '--epochs', '8', '-o', 'out.json'];
const held = 'out.json.journal holds what is done, and the same command with --resume goes on\n';

// Windows has no such limit.
test.skipIf(process.platform === 'win32')(
  'a full disk ends a comparison with what could not be written and how to go on, and loses nothing',
  () => {
    expect(run(compare).status).toBe(0);
    const expected = untimed('out.json');
    const result = statSync(here.path('out.json')).size;
    truncateSync(here.path('out.json'));

    expect(run(compare, 4)).toEqual({
      status: 2,
      stderr: `lrfind: the journal out.json.journal cannot be written: EFBIG: file too large; ${held}`,
    });
    // What would not fit any more is cut off in the middle of its line; the old result is as it was.
    expect(statSync(here.path('out.json.journal')).size).toBe(4 * 1024);
    expect(statSync(here.path('out.json')).size).toBe(0);

    // There is room for the journal now, which is smaller, and none for the result.
    const room = Math.ceil(result / 1024) - 1;
    expect(run([...compare, '--resume'], room)).toEqual({
      status: 2,
      stderr: `lrfind: out.json cannot be written: EFBIG: file too large; ${held}`,
    });
    expect(statSync(here.path('out.json')).size).toBe(0);
    expect(readdirSync(here.path('.')).filter((name) => name.endsWith('.partial'))).toEqual([]);

    expect(run([...compare, '--resume']).status).toBe(0);
    expect(untimed('out.json')).toEqual(expected);
    expect(existsSync(here.path('out.json.journal'))).toBe(false);

    // Without a single entry there is nothing to go on with.
    expect(run(compare, 0)).toEqual({
      status: 2,
      stderr: 'lrfind: the journal out.json.journal cannot be written: EFBIG: file too large\n',
    });
    expect(existsSync(here.path('out.json.journal'))).toBe(false);
  },
);
