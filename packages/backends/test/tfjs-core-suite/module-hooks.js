// TensorFlow.js ships its suite as modules for bundlers: imports lack file extensions, and use properties of a CommonJS
// package as named exports. Both hooks are synchronous, so that they work with both of Node's interfaces for hooks.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const SUITE = '/@tensorflow/tfjs-core/dist/';
const NAMED = '?named';
// Resolved before the hooks are active.
const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
const SEEDRANDOM = pathToFileURL(createRequire(core).resolve('seedrandom')).href;

/**
 * @param {string} specifier
 * @param {{ parentURL?: string }} context
 * @param {(specifier: string, context: object) => any} next
 */
export function resolve(specifier, context, next) {
  const { parentURL } = context;
  if (!parentURL?.includes(SUITE)) return next(specifier, context);
  if (specifier === 'seedrandom') return { url: SEEDRANDOM + NAMED, format: 'module', shortCircuit: true };
  if (!specifier.startsWith('.')) return next(specifier, context);
  const url = ['.js', '/index.js'].map((ending) => new URL(specifier + ending, parentURL)).find(existsSync);
  return url ? { url: url.href, format: 'module', shortCircuit: true } : next(specifier, context);
}

/**
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => any} next
 */
export function load(url, context, next) {
  if (!url.endsWith(NAMED)) return next(url, context);
  const file = JSON.stringify(url.slice(0, -NAMED.length));
  return { format: 'module', source: `import all from ${file}; export const { alea } = all;`, shortCircuit: true };
}
