import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classifier, table } from './workspace.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Those that are published. */
const packages = readdirSync(`${root}packages`).filter(
  (name) => !JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8')).private,
);
const run = promisify(execFile);
/** Without what the script that runs the tests tells its children of this workspace. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
const pnpm = (argv: readonly string[], cwd: string) =>
  // Windows starts programs such as npx through a shell only.
  run('npx', ['--yes', 'pnpm@10', ...argv], { cwd, env, shell: process.platform === 'win32' });

/** A package as it would be published. */
interface Packed {
  readonly path: string;
  readonly tarball: Uint8Array<ArrayBuffer>;
  /** Contents by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly manifest: {
    name: string;
    keywords?: string[];
    license?: string;
    exports: Readonly<Record<string, unknown>>;
  };
}

let folder: string;
/** By the folder's name. */
const packed = new Map<string, Packed>();
const of = (name: string) => packed.get(name) as Packed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lrfind-packages-'));
  await pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], root);
  for (const name of packages) {
    const file = readdirSync(folder).find((each) => each.startsWith(name === 'cli' ? 'lrfind-0' : `lrfind-${name}-`));
    const path = join(folder, file as string);
    const tarball = new Uint8Array(readFileSync(path));
    const files = unpacked(gunzipSync(tarball));
    packed.set(name, { path, tarball, files, manifest: JSON.parse(String(files.get('package.json'))) });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files of a tar archive as pnpm writes it, with short names. */
function unpacked(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const textAt = (at: number, length: number) => archive.toString('utf8', at, at + length).replace(/\0.*$/s, '');
  for (let at = 0; archive[at]; ) {
    const size = Number.parseInt(textAt(at + 124, 12), 8);
    const name = [textAt(at + 345, 155), textAt(at, 100)].filter(Boolean).join('/');
    files.set(name.replace(/^package\//, ''), archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe.each(packages)('the package of packages/%s', (name) => {
  test('has its README, the licence and keywords', () => {
    const { files, manifest } = of(name);
    expect(String(files.get('README.md'))).toMatch(/^# (@lrfind\/\w+|lrfind)\n/);
    expect(files.get('LICENSE')).toEqual(readFileSync(`${root}LICENSE`));
    expect(manifest.license).toBe('MIT');
    expect(manifest.keywords?.length).toBeGreaterThan(3);
  });

  test('has no files that only the workspace needs', () => {
    const stray = [...of(name).files.keys()].filter(
      (path) =>
        !/^(dist|src)\/[\w./-]+\.(js|js\.map|d\.ts|d\.ts\.map|ts|tsx)$/.test(path) &&
        !/^(bundle|dist|vendor)\/([\w./-]+\.(js|js\.map)|LICENSES\.txt|page\/page\.(css|html)|wasm\/tfjs-backend-wasm[\w-]*\.wasm|tfjs-node\/(LICENSE|package\.json))$/.test(
          path,
        ) &&
        !/^bundle\/ui\/([\w.-]+\.(html|css|svg)|LICENSES\.txt|wasm\/[\w-]+\.wasm|example\/(model\.json|digits\.csv\.gz))$/.test(
          path,
        ) &&
        !/^(bin|python|report-page)\/\w+\.(js|py|css)$/.test(path) &&
        !/^(man\/lrfind\.1|\w+\.schema\.json|package\.json|README\.md|LICENSE)$/.test(path),
    );
    expect(stray).toEqual([]);
    expect([...of(name).files.keys()].filter((path) => /\b(test|fixtures|node_modules)\//.test(path))).toEqual([]);
  });

  test('has nothing that publint objects to', async () => {
    const { tarball } = of(name);
    const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test('has types that resolve wherever its code does', async () => {
    const result = await checkPackage(createPackageFromTarballData(of(name).tarball));
    if (!result.types) throw new Error('no types');
    // Exports need a resolution that knows them. That a module is required is no error since Node 20.19, as the next test shows.
    const problems = result.problems.filter(
      (problem) =>
        !(problem.kind === 'NoResolution' && problem.resolutionKind === 'node10') &&
        problem.kind !== 'CJSResolvesToESM',
    );
    expect(problems).toEqual([]);
  });
});

test('every entry point can be required by CommonJS, as no module waits at its top level', async () => {
  // The modules of `browser` are for pages, where their own test loads them.
  const entries = packages
    .filter((name) => name !== 'browser')
    .flatMap((name) => Object.keys(of(name).manifest.exports).map((path) => of(name).manifest.name + path.slice(1)));
  expect(entries).toContain('@lrfind/backends/tensorflow');
  // From the workspace, which has all of them.
  const program = `for (const name of ${JSON.stringify(entries)}) if (Object.keys(require(name)).length === 0) throw name`;
  const { stderr } = await run(process.execPath, ['--no-warnings', '-e', program], { cwd: root });
  expect(stderr).toBe('');
});

// Installs what lrfind depends on, from the registry where pnpm does not have it yet.
describe.skipIf(!process.env.LRFIND_TEST_INSTALL)('installed in an empty folder', () => {
  let here: string;
  const node = (...argv: string[]) => run(process.execPath, argv, { cwd: here });

  beforeAll(async () => {
    here = mkdtempSync(join(folder, 'installed-'));
    const overrides = Object.fromEntries(
      [...packed.values()].map(({ manifest, path }) => [manifest.name, `file:${path}`]),
    );
    const manifest = { private: true, dependencies: { lrfind: overrides.lrfind }, pnpm: { overrides } };
    writeFileSync(join(here, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(here, 'model.json'), JSON.stringify({ modelTopology: classifier }));
    writeFileSync(join(here, 'data.csv'), table);
    await pnpm(['install', '--prefer-offline', '--no-frozen-lockfile', '--reporter=append-only'], here);
  });

  test('the command runs, and finds a rate', async () => {
    const lrfind = (...argv: string[]) =>
      run('npx', ['lrfind', ...argv], { cwd: here, env, shell: process.platform === 'win32' });
    expect((await lrfind('--version')).stdout).toBe('0.1.0\n');
    const argv = ['-m', 'model.json', '-d', 'data.csv', '--no-verify', '--repeats', '1', '--steps', '40', '--quiet'];
    expect(Number((await lrfind(...argv, '--backend', 'wasm')).stdout)).toBeGreaterThan(0);
  });

  test('the library is imported by ES modules and by CommonJS', async () => {
    const use = `
      const { columns } = await readTable('data.csv');
      console.log(typeof findLearningRate, columns.length);`;
    writeFileSync(join(here, 'import.mjs'), `import { findLearningRate, readTable } from 'lrfind';${use}`);
    const require = `const { findLearningRate, readTable } = require('lrfind');(async () => {${use}})();`;
    writeFileSync(join(here, 'require.cjs'), require);
    expect(await node('import.mjs')).toEqual({ stdout: 'function 3\n', stderr: '' });
    expect(await node('require.cjs')).toEqual({ stdout: 'function 3\n', stderr: '' });
  });

  test('TypeScript has no error in its types, strict and without those of Node', async () => {
    const code = `
      import { findLearningRate, type SweepResult } from 'lrfind';
      export const rate = ({ suggestion }: SweepResult): number | undefined => suggestion?.learningRate;
      // @ts-expect-error A text is no option.
      export const wrong = (model: never) => findLearningRate(model, {} as never, { steps: 'ten' });`;
    for (const name of ['import.mts', 'require.cts']) writeFileSync(join(here, name), code);
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'nodenext',
      types: [],
      skipLibCheck: false,
    };
    writeFileSync(
      join(here, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['import.mts', 'require.cts'] }),
    );
    const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
    const { stdout } = await node(tsc, '-p', '.', '--pretty', 'false').catch((error) => error as { stdout: string });
    // TensorFlow.js has errors in its own types, and in what these declare a second time.
    const own = /^(import|require|node_modules\/\.pnpm\/(@lrfind\+|lrfind@))/;
    expect(stdout.split('\n').filter((line) => own.test(line))).toEqual([]);
    expect(stdout).toContain('@tensorflow+tfjs-core');
  });
});
