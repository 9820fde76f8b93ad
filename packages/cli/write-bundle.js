// Writes `bundle/`: the command with all packages and what they import as few large modules, and the script of its page. Run it after a
// build. Programs that import lrfind, and models that are code, get the modules in `dist`.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from '../../licences.js';
import { requiredModule } from '../../required-module.js';

const here = dirname(fileURLToPath(import.meta.url));
const packages = dirname(here);
const out = join(here, 'bundle');

/**
 * What is not bundled: TensorFlow.js, of which there may be one copy only, also for models that are code; programs that are
 * native or bring files of their own; optional packages.
 */
const apart = /^(@tensorflow\/.*|koffi|sharp|@resvg\/resvg-js|jiti|@duckdb\/node-api|sql\.js)$/;

/** What the manifest of a package of the workspace exports in Node. */
function exported(name, subpath) {
  const { exports } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  return (exports[subpath].node ?? exports[subpath]).default;
}

/** The source of a built module. @param {string} target such as `./dist/index.js` */
const sourceOf = (target) => target.replace('/dist/', '/src/').replace(/\.js$/, '.ts');

/** Code that gives the URL of a module of the workspace in the package's `dist`, when the bundle runs. */
function urlOf(source) {
  const [name, , ...rest] = relative(packages, source).split(sep);
  const path = join(packages, name, 'dist', ...rest).replace(/\.tsx?$/, '.js');
  const from = (base) => relative(base, path).split(sep).join('/');
  const main = exported(name, '.');
  const entry = dirname(join(packages, name, main));
  const own = name === 'cli' ? 'lrfind' : `@lrfind/${name}`;
  return `new URL(${JSON.stringify(from(entry))}, import.meta.resolve(${JSON.stringify(own)})).href`;
}

/** Modules of the workspace find their files, and packages that are not bundled, from where they themselves lie. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@lrfind\// }, ({ path }) => {
      const [, name, ...rest] = path.split('/');
      const target = exported(name, ['.', ...rest].join('/'));
      return { path: join(packages, name, sourceOf(target)) };
    });
    onResolve({ filter: /^#workers$/ }, ({ path }) => {
      const { imports } = JSON.parse(readFileSync(join(packages, 'finder', 'package.json'), 'utf8'));
      return { path: join(packages, 'finder', sourceOf(imports[path].node)) };
    });
    onLoad({ filter: /[\\/]packages[\\/]\w+[\\/]src[\\/].*\.tsx?$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      if (!code.includes('import.meta.url')) return undefined;
      return { contents: code.replaceAll('import.meta.url', urlOf(path)), loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
    onResolve({ filter: apart }, ({ path, importer, kind }) => {
      if (kind === 'require-call') return { path, external: true };
      const from = /tfjs-(core|layers)$/.test(path) ? 'cli' : relative(packages, importer).split(sep)[0];
      return { path: `${path}-of-${from}`, namespace: 'apart', pluginData: { name: path, from } };
    });
    onLoad({ filter: /.*/, namespace: 'apart' }, ({ pluginData: { name, from } }) => {
      const module = join(packages, from, 'src', 'index.ts');
      return { contents: requiredModule(name, module, urlOf(module)) };
    });
  },
};

rmSync(out, { recursive: true, force: true });
/** @type {import('esbuild').BuildOptions} */
const command = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  // Less to read and to parse at each start: the first step of a search comes 6 % sooner without names alone. A report of a bug names places in
  // the sources all the same.
  minify: true,
  lineLimit: 120,
  metafile: true,
  // Bundled CommonJS packages ask for modules of Node.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};
const { metafile } = await build({
  ...command,
  entryPoints: {
    main: join(here, 'src', 'main.ts'),
    // Ctrl-C must work before the rest is loaded.
    interruption: join(here, 'src', 'interruption.ts'),
  },
  outdir: out,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [ownPlaces],
});
// What the version and lrfind's own help need, in one file, since Node takes longer to find fifteen modules than to run them. Nothing
// else is loaded in such a process, so there are no two copies of anything.
await build({
  ...command,
  stdin: {
    contents: "export * from './interruption.js'; export * from './main.js';",
    resolveDir: join(here, 'src'),
    loader: 'ts',
  },
  outfile: join(out, 'help.js'),
  plugins: [
    ownPlaces,
    {
      name: 'never-loaded',
      setup({ onResolve }) {
        onResolve({ filter: /^\./ }, ({ path, kind }) =>
          kind === 'dynamic-import' ? { path, external: true } : undefined,
        );
      },
    },
  ],
});
// What runs in the browser: the page that draws while the command runs.
const page = await build({
  entryPoints: ['page.tsx', 'page.css'].map((name) => join(here, 'live-page', name)),
  outdir: join(out, 'page'),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  // Two years of the browsers that update themselves.
  target: ['chrome130', 'firefox132', 'safari18'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  metafile: true,
});
writeFileSync(join(out, 'LICENSES.txt'), licencesOf({ ...metafile.inputs, ...page.metafile.inputs }));
