// Writes the modules of each package's `dist`, from its sources: a few large ones, because Node takes longer to find and read a
// thousand small modules than to run them. The types beside them are tsc's. Run it after `tsc -b`.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.js';
import { requiredModule } from './required-module.js';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Modules beside those that a manifest names and in the same bundle: what runs in a process or a thread of its own. */
const programs = {
  backends: ['node/check-backend-process'],
  finder: ['internals', 'worker'],
  queue: ['internals', 'worker/job-process'],
};

/**
 * Modules in a bundle of their own, because each further entry of a bundle cuts it into more files. `internals` has what programs of
 * the build, tests and benches need and the package does not export, `tensorflow/locate` what the tests' configuration needs; neither is
 * published.
 */
const apart = { backends: ['internals', 'tensorflow/locate'], cli: ['interruption', 'main', 'internals'] };

/** The only package that holds TypeBox; the others import it from there. */
const TYPEBOX = '@lrfind/core/typebox';

// A package with a build of its own bundles itself.
for (const name of readdirSync(join(root, 'packages')))
  if (!existsSync(join(root, 'packages', name, 'build.js'))) await bundle(name);

/** @param {string} name folder of a package */
async function bundle(name) {
  const folder = join(root, 'packages', name);
  const dist = join(folder, 'dist');
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
    if (/\.js(\.map)?$/.test(file)) rmSync(join(dist, file));

  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const sources = (entries = []) =>
    Object.fromEntries(entries.map((entry) => [entry, join(folder, 'src', `${entry}.ts`)]));
  const required = Object.fromEntries(requiredInNode(manifest).map(({ module, other }) => [module, other]));
  const named = [...targetsOf(manifest.exports), ...targetsOf(manifest.imports ?? {})];
  const bundles = [
    { ...sources([...named, ...(programs[name] ?? [])]), ...required },
    ...(apart[name] ? [sources(apart[name])] : []),
  ];
  const inputs = {};
  for (const entryPoints of bundles) {
    const { metafile } = await build({
      entryPoints: { ...entryPoints, place: 'place' },
      outdir: dist,
      bundle: true,
      splitting: true,
      chunkNames: '[name]-[hash]',
      format: 'esm',
      platform: 'neutral',
      target: 'node20.19',
      sourcemap: 'linked',
      sourcesContent: false,
      // Less to read and to parse. Names stay, for stack traces.
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: 120,
      metafile: true,
      plugins: [ownPlaces(folder), others(folder, manifest)],
    });
    Object.assign(inputs, metafile.inputs);
  }
  const licences = licencesOf(inputs);
  if (licences) writeFileSync(join(dist, 'LICENSES.txt'), licences);
}

/** The modules of `dist` that `exports` or `imports` name, without folder and ending. @param {unknown} targets @returns {string[]} */
function targetsOf(targets) {
  if (typeof targets !== 'string') return [...new Set(Object.values(targets).flatMap(targetsOf))];
  const module = /^\.\/dist\/(.+)\.js$/.exec(targets)?.[1];
  return module ? [module] : [];
}

/**
 * The CommonJS packages that `imports` of a manifest replace in Node by a module of `dist` that requires them, because Node reads
 * a CommonJS package twice where it is imported: once for the names of its exports.
 *
 * @returns {{ name: string, module: string, other: string }[]} such as `#tfjs-core`, `tfjs-core` and `@tensorflow/tfjs-core`
 */
function requiredInNode({ imports = {} }) {
  return Object.entries(imports).flatMap(([name, target]) => {
    const module = name.slice(1);
    return target.node === `./dist/${module}.js` ? [{ name, module, other: target.default }] : [];
  });
}

/** What is not bundled: other packages, of which there must be one copy. @param {string} folder */
function others(folder, manifest) {
  const required = requiredInNode(manifest);
  return {
    name: 'others',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        const name = required.find(({ other }) => other === path)?.name;
        if (kind === 'entry-point') return name ? { path, namespace: 'required' } : undefined;
        if (!/^typebox\b/.test(path)) return { path: name ?? path, external: true };
        return manifest.name === '@lrfind/core' ? undefined : { path: TYPEBOX, external: true };
      });
      onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
        contents: requiredModule(path, join(folder, 'package.json'), 'import.meta.url'),
      }));
    },
  };
}

/**
 * Modules find files of their package from where they themselves lie, which is no longer so in a bundle. `place` knows where the
 * bundle lies: being an entry, it is not put into another entry's file, which may be in a folder of `dist`.
 *
 * @param {string} folder of the package
 */
function ownPlaces(folder) {
  const source = join(folder, 'src') + sep;
  return {
    name: 'own-places',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^place$/ }, ({ path }) => ({ path, namespace: 'place' }));
      onLoad({ filter: /.*/, namespace: 'place' }, () => ({ contents: 'export const place = import.meta.url;' }));
      onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
        const code = readFileSync(path, 'utf8');
        if (!path.startsWith(source) || !code.includes('import.meta.url')) return undefined;
        const module = relative(source, path).split(sep).join('/');
        // After the code, so that its lines keep their numbers.
        return {
          contents: `${code.replaceAll('import.meta.url', `new URL('${module}', place).href`)}\nimport { place } from 'place';`,
          loader: path.endsWith('x') ? 'tsx' : 'ts',
          resolveDir: dirname(path),
        };
      });
    },
  };
}
