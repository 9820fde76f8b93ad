// The sizes of the packages: packed, unpacked, and installed in an empty folder with all that they depend on. Run it after a
// build: node bench/package-sizes.js
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
/** @type {(argv: string[], cwd: string) => void} */
const pnpm = (argv, cwd) =>
  execFileSync('npx', ['--yes', 'pnpm@10', ...argv], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
/** @type {(bytes: number) => string} */
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** Bytes of the files of a folder, those that are links left out. @type {(path: string) => number} */
const sizeOf = (path) => {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return 0;
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
};

const folder = mkdtempSync(join(tmpdir(), 'lrfind-sizes-'));
try {
  pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], root);
  const rows = readdirSync(`${root}packages`).map((name) => {
    const { name: called } = JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8'));
    const start = name === 'cli' ? 'lrfind-0' : `lrfind-${name}-`;
    const path = join(folder, readdirSync(folder).find((file) => file.startsWith(start)) ?? '');
    const tarball = readFileSync(path);
    return { called, path, packed: tarball.length, unpacked: gunzipSync(tarball).length };
  });

  const overrides = Object.fromEntries(rows.map(({ called, path }) => [called, `file:${path}`]));
  /** Bytes of a package with all that it depends on, for this platform. @type {(called: string) => { bytes: number, packages: number }} */
  const installed = (called) => {
    const here = join(folder, `installed-${called.replaceAll(/\W/g, '-')}`);
    mkdirSync(here);
    const manifest = { private: true, dependencies: { [called]: overrides[called] }, pnpm: { overrides } };
    writeFileSync(join(here, 'package.json'), JSON.stringify(manifest));
    pnpm(['install', '--prefer-offline', '--silent'], here);
    const store = join(here, 'node_modules/.pnpm');
    return { bytes: sizeOf(store), packages: existsSync(store) ? readdirSync(store).length - 1 : 0 };
  };

  console.log('| package | packed | unpacked | installed, with all it needs | packages |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const { called, packed, unpacked } of rows) {
    const { bytes, packages } = installed(called);
    const cells = [`\`${called}\``, ...[packed, unpacked, bytes].map((size) => `${megabytes(size)} MB`), packages];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
