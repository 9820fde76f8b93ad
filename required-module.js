import { createRequire } from 'node:module';

/**
 * The code of an ES module that requires a CommonJS package and passes its exports on. Imported, Node would read such a package twice: once for
 * the names of its exports.
 *
 * @param {string} name of the package
 * @param {string} from path or URL of a module that can require it now
 * @param {string} place code that gives the URL from which it is required later
 */
export function requiredModule(name, from, place) {
  const names = Object.keys(createRequire(from)(name)).filter((key) => /^[A-Za-z_]\w*$/.test(key) && key !== 'default');
  return `import { createRequire } from 'node:module';
    const loaded = createRequire(${place})('${name}');
    export default loaded;
    export const { ${names.join(', ')} } = loaded;`;
}
