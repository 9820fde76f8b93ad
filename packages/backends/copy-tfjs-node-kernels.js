// Copies the kernels of @tensorflow/tfjs-node-gpu, and what they need, into vendor/tfjs-node. As a dependency that package
// would run its install script, which downloads a library of its own, on every machine that installs ours.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));
const VENDOR = join(import.meta.dirname, 'vendor/tfjs-node');
const { version, license } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

/** What is put in the place of what, and stands on top of every file. */
const CHANGES = {
  // Of the union package only its core is used.
  'require("@tensorflow/tfjs")': 'require("@tensorflow/tfjs-core")',
  // Newer versions of Node lack the one and warn of the other.
  'require("util")': '{ isArray: Array.isArray, isNullOrUndefined: (value) => value == null }',
  // Only for the summaries of TensorBoard, which are not offered here.
  "require('./proto/api_pb')": '{}',
};
const NOTICE = `// Changed from @tensorflow/tfjs-node-gpu ${version}:\n${Object.entries(CHANGES)
  .map(([from, to]) => `// ${to} in the place of ${from}\n`)
  .join('')}`;

/** The files by their path under dist/, with everything that they require. @type {Map<string, string>} */
const files = new Map();
const wanted = ['nodejs_kernel_backend.js', 'register_all_kernels.js'];
for (const path of wanted) {
  if (files.has(path)) continue;
  let text = readFileSync(join(PACKAGE, 'dist', path), 'utf8');
  for (const [from, to] of Object.entries(CHANGES)) text = text.replaceAll(from, to);
  files.set(path, NOTICE + text);
  for (const [, name] of text.matchAll(/require\("(\.[^"]+)"\)/g)) {
    wanted.push(`${normalize(join(dirname(path), name))}.js`);
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

/** What a file holds, if there is one. @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
