import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workspace } from './workspace.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** Runs a command from the bundle or from the modules that it is made of. */
function run(from: 'bundle' | 'dist', argv: readonly string[]) {
  const main = new URL(`../${from}/main.js`, import.meta.url).href;
  const program = `process.exitCode = await (await import(${JSON.stringify(main)})).main(process.argv.slice(1));`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program, '--', ...argv],
    { encoding: 'utf8', cwd: here.path('.'), env: { ...process.env, LRFIND_DETERMINISTIC: '1' } },
  );
  return { status, stdout, stderr };
}

const searched = ['-m', 'model.json', '-d', 'data.csv', '--steps', '40', '--no-verify'];

test.each<[what: string, argv: string[], file?: string]>([
  ['an answer', [...searched, '--quiet', '--backend', 'wasm']],
  ['an answer on plain JavaScript', [...searched, '--quiet', '--backend', 'cpu']],
  ['a picture', [...searched, '--quiet', '--backend', 'wasm', '-o', 'sweep.png'], 'sweep.png'],
  ['a vector picture', ['schedule', 'cosine(0.1, steps=100)', '-o', 'schedule.svg'], 'schedule.svg'],
  ['a model of Keras', ['data', '-d', 'data.csv', '-m', at('../../../fixtures/keras-files/legacy-keras-3/model.h5')]],
  ['a mistake', ['-m', 'model.json', '-d', 'nosuch.csv']],
  ['an option that does not exist', ['find', '--nosuch']],
])('%s is the same from the bundle and from the modules', (_, argv, file) => {
  const bundled = run('bundle', argv);
  const written = file === undefined ? undefined : readFileSync(here.path(file));
  expect(bundled).toEqual(run('dist', argv));
  if (file !== undefined) expect(readFileSync(here.path(file))).toEqual(written);
});

test.each(['--version', '--help'])('%s is the same from its own file and from the modules', (flag) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('../bin/lrfind.js'), flag], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual(run('dist', [flag]));
});

test('a model that is code, and imports lrfind, meets the lrfind that runs it', () => {
  const lrfind = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
  here.put(
    'build.mjs',
    `import { plainModel, readTable, InputError } from ${lrfind};
     export default () => { throw new InputError('of this very lrfind'); };`,
  );
  const { status, stderr } = spawnSync(
    process.execPath,
    [at('../bin/lrfind.js'), '-m', 'build.mjs', '-d', 'data.csv'],
    {
      encoding: 'utf8',
      cwd: here.path('.'),
    },
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining('of this very lrfind')]);
});

test('the licences of what the bundle holds go with it', () => {
  const licences = readFileSync(at('../bundle/LICENSES.txt'), 'utf8');
  for (const name of ['typebox', 'commander', 'vega', 'hyparquet', 'h5wasm'])
    expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)\n\n\\S`, 'm'));
});
