// The figures that all.js writes into README.md, docs/ and bench/README.md, between `<!-- bench: NAME -->` and `<!-- end -->`.
import { figure, tableOf } from './measures.js';

/** @typedef {import('./measures.js').Results} Results */

/** The pages with such blocks, from the root of the repository. */
export const pages = ['README.md', 'bench/README.md', 'docs/live.md'];

/**
 * A page with its blocks written from results; a block whose bench was not measured stays as it is.
 *
 * @param {string} page @param {Results} results
 */
export function withFigures(page, results) {
  return page.replaceAll(
    /(<!-- bench: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (block, start, /** @type {string} */ name, end) => {
      const text = blockOf(name, results);
      return text === undefined ? block : `${start}\n${text}\n\n${end}`;
    },
  );
}

/** @param {string} name @param {Results} results @returns {string | undefined} */
function blockOf(name, results) {
  const sentence = sentences[name];
  if (sentence) return sentence(results);
  const found = results.benches.find(({ bench }) => bench === name);
  // A bench that is newer than the results has none.
  if (!found || found.measures.length === 0) return undefined;
  return `${howMeasured(results)}\n\n${tableOf(found)}`;
}

/** @param {Results} results */
function howMeasured({ version, date, machine }) {
  return `lrfind ${version}, ${date}, ${machine}:`;
}

/** @type {Record<string, (results: Results) => string | undefined>} */
const sentences = {
  speed(results) {
    const first = figure(results, 'start', 'first step, wasm');
    const sweep = figure(results, 'sweeps', 'lrfind, TensorFlow: process');
    const demo = figure(results, 'demo', 'wasm, verified: start to picture');
    const parts = [
      first && `a command trains its first step ${first.value} after its start on WebAssembly`,
      sweep?.ratio &&
        `a whole process with one sweep of 100 steps takes ${sweep.ratio} × that of torch-lr-finder, the fastest of four other finders, on TensorFlow`,
      demo && `the search of the first example, with the answer tried and the picture drawn, takes ${demo.value}`,
    ].filter(Boolean);
    if (parts.length === 0) return undefined;
    return `On ${results.machine}: ${parts.join('; ')} ([all figures](bench/README.md)).`;
  },
  'live-cost'(results) {
    const ratios = ['mlp', 'small'].map((network) => figure(results, 'live', `${network}, listener: processor`)?.ratio);
    if (ratios.some((ratio) => !ratio)) return undefined;
    return `A search takes ${ratios[0]} (a network of 784-128-64-10) and ${ratios[1]} (20-64-10) times the processor time of one without the page.`;
  },
};
