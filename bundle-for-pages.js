// What the bundles for pages have in common: `packages/web` and `packages/browser` are made from the sources of all packages.
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const packages = fileURLToPath(new URL('packages/', import.meta.url));

/** @type {import('esbuild').BuildOptions} */
export const forPages = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  // Two years of the browsers that update themselves.
  target: ['chrome130', 'firefox132', 'safari18'],
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  legalComments: 'none',
  metafile: true,
};

/** @type {import('esbuild').TransformOptions} */
const plainScript = {
  format: 'esm',
  minifyWhitespace: true,
  sourcemap: 'inline',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfigRaw: { compilerOptions: { target: 'esnext', verbatimModuleSyntax: true } },
};

/** An import as `plainScript` writes it; no text in our sources is written like that. */
const IMPORT = /import\{([^}]*)\}from"(@lrfind\/[^"]+)";/g;

/**
 * Packages of the workspace are bundled from their sources, by what they export to a browser.
 *
 * What a module imports from the index of a package it imports from the modules that the index names. esbuild splits by module: an index
 * that stays would put all that it names into the first part, even if only a later one uses it.
 *
 * @returns {import('esbuild').Plugin}
 */
export function sources() {
  /** @type {Map<string, Promise<Map<string, [module: string, name: string]>>>} */
  const indexes = new Map();
  /** @param {string} path */
  const exportsOf = (path) => {
    const known = indexes.get(path) ?? exportedBy(path);
    indexes.set(path, known);
    return known;
  };
  return {
    name: 'sources',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^(@lrfind|lrfind)\// }, ({ path }) => ({ path: sourceOf(path) }));
      onResolve({ filter: /^#/ }, ({ path, importer }) => {
        const name = /^\w+/.exec(relative(packages, importer))?.[0] ?? '';
        const target = inBrowser(manifestOf(name).imports[path]);
        return target.startsWith('.') ? { path: sourceIn(name, target) } : undefined;
      });
      // Formats of texts, such as addresses in any script, of which no declaration has one.
      onResolve({ filter: /^\.\.\/\.\.\/format\/index\.mjs$/ }, ({ importer }) =>
        /typebox[\\/]build[\\/]schema/.test(importer) ? { path: 'formats', namespace: 'formats' } : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'formats' }, () => ({ contents: 'module.exports = {};' }));
      onLoad({ filter: /[\\/]packages[\\/]\w+[\\/](src|live-page)[\\/].*\.tsx?$/ }, async ({ path }) => {
        const { code } = await scriptOf(path);
        const contents = await replaced(code, IMPORT, ([, names, from]) => throughIndex(names, from, exportsOf));
        return { contents, loader: 'js', resolveDir: dirname(path) };
      });
    },
  };
}

/**
 * Copies TensorFlow.js's WebAssembly to where a bundle looks for it. Every browser that runs the bundles has SIMD; threads need a page that is
 * cross-origin isolated.
 *
 * @param {string} out folder of the bundle
 */
export function copyWasm(out) {
  const backends = createRequire(join(packages, 'backends/package.json'));
  const folder = join(dirname(backends.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');
  for (const name of ['tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'])
    cpSync(join(folder, name), join(out, 'wasm', name));
}

/** What lies in a page of Vega's packages: what charts of results are made of, which are lines, points, bands and texts on axes. */
const VEGA = `
import { transforms } from 'vega-dataflow';
import * as encode from 'vega-encode';
import * as data from 'vega-transforms';
import { extend } from 'vega-util';
import * as view from 'vega-view-transforms';
extend(transforms, data, view, encode);
export { parse } from 'vega-parser';
export { textMetrics } from 'vega-scenegraph';
export * from 'vega-util';
export { View } from 'vega-view';
`;

/** Packages of maps, which Vega's parts import whatever a chart is made of. */
const MAPS = /^(d3-geo|d3-geo-projection|topojson-client)$/;

/**
 * Vega without maps, trees, forces, clouds of words and the like, which is a third of it. A specification that asks for one of them is
 * refused by Vega; the modules draw charts of results alone. Vega-Lite gets the parser of expressions that Vega has too.
 *
 * @returns {import('esbuild').Plugin}
 */
export function vegaOfCharts() {
  const plots = createRequire(join(packages, 'plots/package.json'));
  const vega = dirname(plots.resolve('vega'));
  return {
    name: 'vega-of-charts',
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /^vega$/ }, () => ({ path: 'vega', namespace: 'vega-of-charts' }));
      onLoad({ filter: /.*/, namespace: 'vega-of-charts' }, () => ({ contents: VEGA, resolveDir: vega }));
      onResolve({ filter: /^vega-expression$/ }, ({ path, kind, resolveDir }) =>
        resolveDir === vega ? undefined : resolve(path, { kind, resolveDir: vega }),
      );
      onResolve({ filter: MAPS }, ({ path }) => ({ path, namespace: 'maps' }));
      onLoad({ filter: /.*/, namespace: 'maps' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/**
 * TensorFlow.js's wasm backend holds two modules that start WebAssembly, and the code of its threads. A page that is not cross-origin
 * isolated has no threads and loads none of the second.
 *
 * @returns {import('esbuild').Plugin}
 */
export function threadsWhereIsolated() {
  return {
    name: 'threads-where-isolated',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /tfjs-backend-wasm-threaded-simd\.js$/ }, ({ path, kind, resolveDir }) =>
        kind === 'import-statement' ? { path: join(resolveDir, path), namespace: 'isolated' } : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'isolated' }, ({ path }) => ({
        contents: `export default globalThis.crossOriginIsolated ? (await import(${JSON.stringify(path)})).default : {};`,
        resolveDir: dirname(path),
      }));
    },
  };
}

/** @param {string} path of a module in TypeScript */
async function scriptOf(path) {
  const loader = path.endsWith('x') ? 'tsx' : 'ts';
  return transform(readFileSync(path, 'utf8'), { ...plainScript, loader, sourcefile: path });
}

/** What an index exports of other modules, by name. @param {string} path @returns {Promise<Map<string, [string, string]>>} */
async function exportedBy(path) {
  const { code } = await scriptOf(path);
  const imported = new Map(
    [...code.matchAll(/import\{([^}]*)\}from"(\.[^"]+)"/g)].flatMap(([, names = '', from = '']) =>
      namesIn(names).map(([name, as]) => [as, [withEnding(join(dirname(path), from.replace(/\.js$/, ''))), name]]),
    ),
  );
  const exported = namesIn(/export\{([^}]*)\}/.exec(code)?.[1] ?? '');
  // Others are of the index itself.
  return new Map(exported.flatMap(([own, as]) => (imported.has(own) ? [[as, imported.get(own)]] : [])));
}

/** The same import, from the modules that the index names. */
async function throughIndex(names, from, exportsOf) {
  const known = await exportsOf(sourceOf(from));
  return namesIn(names)
    .map(([name, as]) => {
      const [module, own] = known.get(name) ?? [from, name];
      return `import{${own} as ${as}}from${JSON.stringify(module)};`;
    })
    .join('');
}

/** `a,b as c` as pairs. @param {string} list @returns {(readonly [name: string, as: string])[]} */
function namesIn(list) {
  return list
    .split(',')
    .filter(Boolean)
    .map((each) => {
      const [name = '', as = name] = each.trim().split(' as ');
      return [name, as];
    });
}

async function replaced(text, pattern, by) {
  const found = [...text.matchAll(pattern)];
  const others = await Promise.all(found.map(by));
  let next = 0;
  return text.replace(pattern, () => others[next++]);
}

/** The module that a package exports to a browser. @param {string} path such as `@lrfind/core/results` */
function sourceOf(path) {
  // The modules of the command are not exported: they are named by their path.
  if (path.startsWith('lrfind/')) return sourceIn('cli', path.replace('lrfind/', './'));
  const [, name = '', ...rest] = path.split('/');
  return sourceIn(name, inBrowser(manifestOf(name).exports[['.', ...rest].join('/')]));
}

/** @param {string} name of a package's folder */
function manifestOf(name) {
  return JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
}

/** @param {any} target what a manifest names @returns {string} */
function inBrowser(target) {
  return typeof target === 'string' ? target : inBrowser(target.browser ?? target.default);
}

function sourceIn(name, target) {
  return withEnding(join(packages, name, target.replace('/dist/', '/src/').replace(/\.js$/, '')));
}

/** @param {string} path of a module, without its ending */
function withEnding(path) {
  const found = ['.ts', '.tsx'].map((ending) => path + ending).find((each) => existsSync(each));
  if (!found) throw new Error(`no such module: ${path}`);
  return found;
}
