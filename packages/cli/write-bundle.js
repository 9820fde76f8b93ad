// Writes `bundle/`: the command as few large modules instead of a thousand small ones, which starts in half the time, and the
// script of its page. Run it after a build. The modules in `dist` stay as they are, for programs that import lrfind.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const packages = dirname(here);
const out = join(here, 'bundle');

/**
 * What is not bundled: TensorFlow.js, of which there may be one copy only, also for models that are code; programs that are
 * native or bring files of their own; optional packages.
 */
const apart = /^(@tensorflow\/.*|koffi|sharp|@resvg\/resvg-js|jiti|@duckdb\/node-api|sql\.js)$/;

/** Code that gives the URL of a built module of the workspace, when the bundle runs. */
function urlOf(path) {
  const [name] = relative(packages, path).split(sep);
  const from = (base) => relative(base, path).split(sep).join('/');
  const { exports } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  const { default: main } = exports['.'].node ?? exports['.'];
  const entry = dirname(join(packages, name, main));
  const own = name === 'cli' ? 'lrfind' : `@lrfind/${name}`;
  return `new URL(${JSON.stringify(from(entry))}, import.meta.resolve(${JSON.stringify(own)})).href`;
}

/** Modules of the workspace find their files, and packages that are not bundled, from where they themselves lie. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad, onResolve }) {
    // The workers of a search have a bundle too.
    onLoad({ filter: /[\\/]workers[\\/]worker-module\.js$/ }, () => ({
      contents: `const place = import.meta.url.includes('/chunks/') ? '../worker.js' : './worker.js';
        export const workerModule = () => new URL(place, import.meta.url);`,
    }));
    onLoad({ filter: /[\\/]packages[\\/]\w+[\\/](dist|vendor)[\\/].*\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      if (!code.includes('import.meta.url')) return undefined;
      return { contents: code.replaceAll('import.meta.url', urlOf(path)), loader: 'js' };
    });
    onResolve({ filter: apart }, ({ path, importer, kind }) => {
      if (kind === 'require-call') return { path, external: true };
      const from = /tfjs-(core|layers)$/.test(path) ? 'cli' : relative(packages, importer).split(sep)[0];
      return { path: `${path}-of-${from}`, namespace: 'apart', pluginData: { name: path, from } };
    });
    // By `require`, because Node reads a CommonJS package twice where it is imported: once for the names of its exports.
    onLoad({ filter: /.*/, namespace: 'apart' }, ({ pluginData: { name, from } }) => {
      const module = join(packages, from, 'dist', 'index.js');
      const names = Object.keys(createRequire(module)(name)).filter(
        (key) => /^[A-Za-z_]\w*$/.test(key) && key !== 'default',
      );
      return {
        contents: `import { createRequire } from 'node:module';
          const loaded = createRequire(${urlOf(module)})('${name}');
          export default loaded;
          export const { ${names.join(', ')} } = loaded;`,
      };
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
  // Less to read and to parse at each start. Names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
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
    main: join(here, 'dist', 'main.js'),
    // Ctrl-C must work before the rest is loaded.
    interruption: join(here, 'dist', 'interruption.js'),
    worker: join(packages, 'finder', 'dist', 'worker.js'),
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
  stdin: { contents: "export * from './interruption.js'; export * from './main.js';", resolveDir: join(here, 'dist') },
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
writeLicences({ inputs: { ...metafile.inputs, ...page.metafile.inputs } });

/** The licences of the packages whose code the bundle holds, which must go with it. */
function writeLicences({ inputs }) {
  const folders = new Map();
  for (const path of Object.keys(inputs)) {
    const folder = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(path)?.[1];
    if (!folder) continue;
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    folders.set(name, [`${name} ${version} (${license})`, ...texts].join('\n\n'));
  }
  const sections = [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  writeFileSync(join(out, 'LICENSES.txt'), `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
