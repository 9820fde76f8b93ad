// Writes `dist/`: the two modules for a page with what they load later, and the files of WebAssembly. The types beside them are tsc's.
// Run it after `tsc -b`.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from '../../licences.js';

const here = dirname(fileURLToPath(import.meta.url));
const packages = dirname(here);
const out = join(here, 'dist');
const require = createRequire(import.meta.url);

for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' }))
  if (/\.js(\.map)?$/.test(file)) rmSync(join(out, file));

/** Marks the index of a package that has all of its exports. */
const WHOLE = '?whole';

/** @type {Record<string, unknown>} */
const inputs = {};
for (const [name, plugins] of Object.entries({ index: [sources()], 'with-tf': [pageTf(), sources()] })) {
  const { metafile } = await build({
    entryPoints: { [name]: join(here, 'src', `${name}.ts`) },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    format: 'esm',
    platform: 'browser',
    // Two years of the browsers that update themselves.
    target: ['chrome130', 'firefox132', 'safari18'],
    sourcemap: 'linked',
    sourcesContent: false,
    minify: true,
    legalComments: 'none',
    metafile: true,
    plugins,
  });
  Object.assign(inputs, metafile.inputs);
}

// What a package replaces for browsers by nothing is not in the bundle.
const held = Object.keys(inputs).filter((path) => !path.startsWith('(disabled)'));
writeFileSync(join(out, 'LICENSES.txt'), licencesOf(Object.fromEntries(held.map((path) => [path, true]))));

// Every browser that runs the modules has SIMD; threads need a page that is cross-origin isolated.
const wasm = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');
for (const name of ['tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'])
  cpSync(join(wasm, name), join(out, 'wasm', name));

/** Packages of the workspace are bundled from their sources, by what they export to a browser. */
function sources() {
  /** @param {any} target what a manifest names @returns {string} */
  const inBrowser = (target) => (typeof target === 'string' ? target : inBrowser(target.browser ?? target.default));
  /** @param {string} name */
  const manifest = (name) => JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  /** @param {string} name @param {string} target */
  const source = (name, target) => {
    const path = join(packages, name, target.replace('/dist/', '/src/').replace(/\.js$/, ''));
    return { path: ['.ts', '.tsx'].map((ending) => path + ending).find((each) => existsSync(each)) };
  };
  /** Modules that are loaded when a table or a model is read. */
  const formats = /[\\/](browser[\\/]src[\\/]formats\.ts$|src[\\/](model[\\/])?formats[\\/])/;
  return {
    name: 'sources',
    /** @param {import('esbuild').PluginBuild} build */
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@lrfind\// }, ({ path, importer }) => {
        const [, name = '', ...rest] = path.split('/');
        const suffix = formats.test(importer) ? WHOLE : undefined;
        return { ...source(name, inBrowser(manifest(name).exports[['.', ...rest].join('/')])), suffix };
      });
      // esbuild puts into the first part whatever an index in it names, even if only a later part uses it. So there are two of each
      // index: one without the formats, and one for the formats.
      onLoad({ filter: /[\\/](data|finder)[\\/]src[\\/]index\.ts$/ }, ({ path, suffix }) => {
        const code = readFileSync(path, 'utf8');
        const first = code.replace(
          /^export [^;]*? from '\.\/(model\/formats\/|formats\/|large\/scan-table)[^']+';$/gms,
          '',
        );
        return { contents: suffix === WHOLE ? code : first, loader: 'ts', resolveDir: dirname(path) };
      });
      onResolve({ filter: /^#/ }, ({ path, importer }) => {
        const name = /[\\/]packages[\\/](\w+)[\\/]src[\\/]/.exec(importer)?.[1];
        const target = name && inBrowser(manifest(name).imports[path]);
        return name && target?.startsWith('.') ? source(name, target) : undefined;
      });
    },
  };
}

/**
 * TensorFlow.js is the page's own: its core and layers are taken from the global of the union package or of ml5, which also have
 * the cpu backend.
 */
function pageTf() {
  const global = join(here, 'src', 'page-tf.ts');
  return {
    name: 'page-tf',
    /** @param {import('esbuild').PluginBuild} build */
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@tensorflow\/tfjs-(core|layers|backend-cpu)$/ }, ({ path }) => ({
        path,
        namespace: 'page-tf',
      }));
      onResolve({ filter: /^\.\/tf\.js$/ }, () => ({ path: 'tf', namespace: 'page-tf' }));
      onLoad({ filter: /.*/, namespace: 'page-tf' }, ({ path }) => {
        const names = Object.keys(require(path === 'tf' ? '@tensorflow/tfjs' : path)).filter(
          (name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default',
        );
        const exported = path.endsWith('cpu')
          ? 'export const version_cpu = tf.version["tfjs-backend-cpu"];'
          : `export const { ${names.join(', ')} } = tf;`;
        return { contents: `import { tf } from ${JSON.stringify(global)}; ${exported}`, resolveDir: here };
      });
    },
  };
}
