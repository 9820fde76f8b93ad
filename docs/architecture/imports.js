// The imports between the packages and between their folders, read from the sources.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** @typedef {{ from: string, to: string }} Import a file or folder, and what it imports */

/** Every source file of a package, relative to its `src`; `internals.ts` is not published. @param {string} name */
export function sourcesOf(name) {
  return readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && file !== 'internals.ts',
  );
}

/** The text of a source file. @param {string} name @param {string} file */
export function readSource(name, file) {
  return readFileSync(join(packages, name, 'src', file), 'utf8');
}

/** What a source file imports, as written. @param {string} name @param {string} file */
function specifiers(name, file) {
  const text = readSource(name, file);
  return [...text.matchAll(/(?:\bfrom |\bimport\(|^import )'([^']+)'/gm)].map(([, specifier]) => specifier ?? '');
}

/** The packages, by the name of their folder. */
export const packageNames = readdirSync(packages);

/** The name of a package's folder by the name under which others import it. */
const folderOf = new Map(packageNames.map((folder) => [manifest(folder).name, folder]));

/** @param {string} folder @returns {{ name: string, description: string }} */
export function manifest(folder) {
  return JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
}

/** Which packages import which. @returns {Import[]} */
export function packageImports() {
  return packageNames.flatMap((from) => {
    const names = sourcesOf(from).flatMap((file) => specifiers(from, file));
    const imported = names.map((name) => folderOf.get(/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? ''));
    return [...new Set(imported)].flatMap((to) => (to !== undefined && to !== from ? [{ from, to }] : []));
  });
}

/**
 * Which folders of a package import which; files outside any folder count as folders of their own.
 *
 * @param {string} name @returns {Import[]}
 */
export function folderImports(name) {
  const found = sourcesOf(name).flatMap((file) =>
    specifiers(name, file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from: top(file), to: top(normalize(join(dirname(file), specifier))) })),
  );
  const unique = new Map(found.map((each) => [`${each.from} ${each.to}`, each]));
  return [...unique.values()].filter(({ from, to }) => from !== to);
}

/** The folder or file of the first level. @param {string} path relative to `src` */
function top(path) {
  const [first = ''] = relative('.', path).split('/');
  return first.replace(/\.(js|tsx?)$/, '');
}

/**
 * Sorts things so that each comes after everything that it imports.
 *
 * @param {readonly string[]} names @param {readonly Import[]} imports
 * @returns {string[][]} groups, lowest first; those of one group do not import each other
 */
export function layers(names, imports) {
  /** @type {string[][]} */
  const sorted = [];
  let remaining = [...names];
  while (remaining.length > 0) {
    const lowest = remaining.filter((name) => !imports.some(({ from, to }) => from === name && remaining.includes(to)));
    if (lowest.length === 0) throw new Error(`${remaining.join(', ')} import each other`);
    sorted.push(lowest.toSorted());
    remaining = remaining.filter((name) => !lowest.includes(name));
  }
  return sorted;
}
