import { createRequire } from 'node:module';

/** The names that an ES module can export of a CommonJS package. @param {object} loaded what it exports */
export function exportedNames(loaded) {
  return Object.keys(loaded).filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default');
}

/**
 * The code of an ES module that requires a CommonJS package and passes its exports on. Imported, Node would read such a package twice: once for
 * the names of its exports.
 *
 * @param {string} name of the package
 * @param {string} from path or URL of a module that can require it now
 * @param {string} place code that gives the URL from which it is required later
 */
export function requiredModule(name, from, place) {
  const names = exportedNames(createRequire(from)(name));
  return `import { createRequire } from 'node:module';
    const loaded = createRequire(${place})('${name}');
    export default loaded;
    export const { ${names.join(', ')} } = loaded;`;
}
