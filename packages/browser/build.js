// Writes `dist/`: the two modules for a page with what they load later, and the files of WebAssembly. The types beside them are tsc's.
// Run it after `tsc -b`.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { copyWasm, forPages, sources, threadsWhereIsolated, vegaOfCharts } from '../../bundle-for-pages.js';
import { licencesOf } from '../../licences.js';
import { exportedNames } from '../../required-module.js';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist');
const require = createRequire(import.meta.url);

for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' }))
  if (/\.js(\.map)?$/.test(file)) rmSync(join(out, file));

/** @type {Record<string, unknown>} */
const inputs = {};
for (const [name, plugins] of Object.entries({
  index: [sources(), vegaOfCharts(), threadsWhereIsolated()],
  'with-tf': [pageTf(), sources(), vegaOfCharts(), threadsWhereIsolated()],
})) {
  const { metafile } = await build({
    ...forPages,
    entryPoints: { [name]: join(here, 'src', `${name}.ts`) },
    outdir: out,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins,
  });
  Object.assign(inputs, metafile.inputs);
}

writeFileSync(join(out, 'LICENSES.txt'), licencesOf(inputs));

copyWasm(out);

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
        const names = exportedNames(require(path === 'tf' ? '@tensorflow/tfjs' : path));
        const exported = path.endsWith('cpu')
          ? 'export const version_cpu = tf.version["tfjs-backend-cpu"];'
          : `export const { ${names.join(', ')} } = tf;`;
        return { contents: `import { tf } from ${JSON.stringify(global)}; ${exported}`, resolveDir: here };
      });
    },
  };
}
