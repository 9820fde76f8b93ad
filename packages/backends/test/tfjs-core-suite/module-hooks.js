// TensorFlow.js ships its suite as modules for bundlers: imports lack their ending, and properties of a CommonJS package are
// taken for named exports. Neither hook waits for anything, so that they serve both ways in which Node takes hooks.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const SUITE = '/@tensorflow/tfjs-core/dist/';
const NAMED = '?named';
// Looked up before the hooks hold, which would be asked themselves.
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
