// The readers of the formats other than CSV that need no package of npm: one module, since programs of Node load many files more slowly.
export { readXlsx } from './excel/read-xlsx.js';
export { readIdxTable } from './idx/read-idx.js';
export { readJson } from './json/read-json.js';
export { jsonLines } from './json/read-json-lines.js';
export { npy, npz } from './numpy/read-npy.js';
export { zipParts } from './zip/zip-parts.js';
