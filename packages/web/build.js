// Writes `dist/`: the page as static files with relative addresses, for any file server. Run it after the packages are built.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pageScript, pageStyle, themes } from '@lrfind/plots/page-style';
import { build } from 'esbuild';
import { copyWasm, forPages, sources, threadsWhereIsolated, vegaOfCharts } from '../../bundle-for-pages.js';
import { digits, pixels } from '../../examples/mnist/digits.js';
import { licencesOf } from '../../licences.js';

const here = dirname(fileURLToPath(import.meta.url));
const packages = dirname(here);
const out = join(here, 'dist');
const require = createRequire(import.meta.url);
const backends = createRequire(join(packages, 'backends/package.json'));

/** Handwritten digits in the example: few enough to load at once, enough for a search. */
const EXAMPLE_ROWS = 2000;

/**
 * What the page may do: run its own scripts and WebAssembly, load its own files, and show pictures that it has made.
 * Workers of threads are made of a blob, by the worker, which has its own policy.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'example'), { recursive: true });

const scriptHash = createHash('sha256').update(pageScript).digest('base64');
const { metafile } = await build({
  ...forPages,
  outdir: out,
  entryPoints: { page: join(here, 'src/page/main.tsx'), worker: join(here, 'src/worker/main.ts') },
  define: {
    REPORT_FILES: JSON.stringify(JSON.stringify({ style: pageStyle, script: pageScript, scriptHash })),
    FIELDS: JSON.stringify(JSON.stringify(await declaredFields())),
  },
  plugins: [sources(), vegaOfCharts(), threadsWhereIsolated(), partsOfTensorFlow()],
});

const css = [join(packages, 'cli/live-page/page.css'), join(here, 'src/page/page.css')].map((path) =>
  readFileSync(path, 'utf8'),
);
const series = (theme) => themes[theme].series.map((color, i) => `--series-${i}: ${color};`).join(' ');
writeFileSync(
  join(out, 'page.css'),
  [
    pageStyle,
    `:root { ${series('light')} } @media screen and (prefers-color-scheme: dark) { :root { ${series('dark')} } }`,
    ...css,
  ].join('\n'),
);
writeFileSync(join(out, 'report.js'), pageScript);
writeFileSync(
  join(out, 'icon.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${themes.light.loss}"/><path d="M4 9h5c6 0 7 14 13 14 3 0 4-8 5-18" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`,
);
writeFileSync(
  join(out, 'index.html'),
  `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="description" content="Finds a learning rate for a model and a table, in the browser: nothing is uploaded.">
<title>lrfind</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
</head>
<body><main><p class="loading">Loading…</p><noscript><p>This page computes with its own scripts, which are switched off here.</p></noscript></main></body>
</html>
`,
);

copyWasm(out);

cpSync(join(here, '../../fixtures/mnist-mlp/model.json'), join(out, 'example/model.json'));
writeFileSync(join(out, 'example/digits.csv.gz'), exampleTable());

writeFileSync(join(out, 'LICENSES.txt'), licencesOf(metafile.inputs));

await writeServiceWorker();

// What the command serves.
cpSync(out, join(packages, 'cli/bundle/ui'), { recursive: true });

/**
 * TensorFlow.js without what the page never calls: the files that it could fetch or store itself, and of its cpu backend all kernels but
 * those that WebAssembly computes there.
 *
 * @returns {import('esbuild').Plugin}
 */
function partsOfTensorFlow() {
  const kernels = readFileSync(join(packages, 'backends/src/wasm/kernels.ts'), 'utf8');
  const names = [...kernels.matchAll(/javaScriptKernel\('(\w+)'\)/g)].map(([, name]) => name);
  const config = (name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}Config`;
  const cpu = [
    "import { registerBackend, registerKernel } from '@tensorflow/tfjs-core';",
    "import { MathBackendCPU } from './backend_cpu.js';",
    ...names.map((name) => `import { ${config(name)} } from './kernels/${name}.js';`),
    "registerBackend('cpu', () => new MathBackendCPU(), 1);",
    `for (const kernel of [${names.map(config).join(', ')}]) registerKernel(kernel);`,
  ].join('\n');
  const resolveDir = join(dirname(backends.resolve('@tensorflow/tfjs-backend-cpu/package.json')), 'dist');
  return {
    name: 'parts-of-tensorflow',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@tensorflow\/tfjs-backend-cpu$/ }, () => ({
        path: 'cpu',
        namespace: 'parts-of-tensorflow',
      }));
      onLoad({ filter: /^cpu$/, namespace: 'parts-of-tensorflow' }, () => ({ contents: cpu, resolveDir }));
      onResolve({ filter: /^\.\/(browser_files|http|indexed_db|local_storage)$/ }, ({ importer }) =>
        /tfjs-core[\\/]dist[\\/]io[\\/]/.test(importer) ? { path: 'io', namespace: 'parts-of-tensorflow' } : undefined,
      );
      onLoad({ filter: /^io$/, namespace: 'parts-of-tensorflow' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/** The fields of the form: the declarations of the flags are run here, so that the page is there without them. */
async function declaredFields() {
  const module = join(out, 'fields.cjs');
  await build({
    ...forPages,
    entryPoints: [join(here, 'src/build/declared-fields.ts')],
    outfile: module,
    platform: 'node',
    format: 'cjs',
    splitting: false,
    plugins: [sources()],
  });
  const { fields } = require(module);
  rmSync(module);
  return fields;
}

/** The digits as a packed table of whole numbers from 0 to 255. */
function exampleTable() {
  const header = [...Array.from({ length: pixels }, (_, i) => `p${i}`), 'label'].join(',');
  const rows = digits()
    .slice(0, EXAMPLE_ROWS)
    .map(({ image, label }) => [...image.map((value) => Math.round(255 * value)), label].join(','));
  return gzipSync(`${[header, ...rows].join('\n')}\n`, { level: 9 });
}

/** The worker that keeps the files: at once those that a search needs, the others when they are used. */
async function writeServiceWorker() {
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(out, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(out, file)));
  // h5wasm holds a library of several megabytes, for files of Keras alone; few pages find a graphics processor worth measuring.
  const later = (file) =>
    file.startsWith('example/') ||
    file === 'LICENSES.txt' ||
    Object.keys(metafile.outputs).some((output) => output.endsWith(`/${file}`) && isLarge(output));
  const kept = ['./', ...files.filter((file) => file !== 'index.html' && !later(file))];
  await build({
    ...forPages,
    outdir: out,
    entryPoints: { offline: join(here, 'src/offline.ts') },
    define: { VERSION: JSON.stringify(hash.digest('hex').slice(0, 16)), FILES: JSON.stringify(kept) },
  });
}

/** Whether a part holds h5wasm, or the kernels for a graphics processor. @param {string} output */
function isLarge(output) {
  return Object.keys(metafile.outputs[output].inputs).some((input) => /\/(h5wasm|tfjs-backend-webgpu)\//.test(input));
}
