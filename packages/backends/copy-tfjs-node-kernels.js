// Copies the kernels of @tensorflow/tfjs-node-gpu, and the files that they require, to vendor/tfjs-node. If that
// package were a dependency, its install script would download another TensorFlow on every machine that installs
// lrfind.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));
const VENDOR = join(import.meta.dirname, 'vendor/tfjs-node');
const { version, license } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

/** Replacements in every file. A notice at the top of each file lists them. */
const CHANGES = {
  // The kernels use only the core of the union package.
  'require("@tensorflow/tfjs")': 'require("@tensorflow/tfjs-core")',
  // Newer versions of Node lack one of these functions and warn about the other.
  'require("util")': '{ isArray: Array.isArray, isNullOrUndefined: (value) => value == null }',
  // Needed only for TensorBoard's summaries, which lrfind does not write.
  "require('./proto/api_pb')": '{}',
};
const NOTICE = `// Changed from @tensorflow/tfjs-node-gpu ${version}:\n${Object.entries(CHANGES)
  .map(([from, to]) => `// ${to} in the place of ${from}\n`)
  .join('')}`;

/** The text of each file by its path under dist/. @type {Map<string, string>} */
const files = new Map();
const pending = ['nodejs_kernel_backend.js', 'register_all_kernels.js'];
for (const path of pending) {
  if (files.has(path)) continue;
  let text = readFileSync(join(PACKAGE, 'dist', path), 'utf8');
  for (const [from, to] of Object.entries(CHANGES)) text = text.replaceAll(from, to);
  files.set(path, NOTICE + text);
  for (const [, name] of text.matchAll(/require\("(\.[^"]+)"\)/g)) {
    pending.push(`${normalize(join(dirname(path), name))}.js`);
  }
}
files.set('package.json', `${JSON.stringify({ type: 'commonjs', version, license }, null, 2)}\n`);
files.set('LICENSE', readFileSync(join(import.meta.dirname, 'LICENSE-Apache-2.0'), 'utf8'));

for (const [path, text] of files) {
  const target = join(VENDOR, path);
  if (textOf(target) === text) continue;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** The text of a file, if it exists. @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
