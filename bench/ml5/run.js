// Validation loss of ml5's neuralNetwork after its ten epochs at its own learning rate and at the found one, on ten tasks, three seeds
// each, in a real Chromium with ml5 itself:
//
//   node bench/ml5/run.js [--seeds 3] [--tasks XOR,Titanic] [--chromium /usr/bin/chromium] [--json]
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { median } from '../measures.js';
import { tasks } from './tasks.js';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    tasks: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    json: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const ml5 = join(dirname(createRequire(join(root, 'packages/browser/build.js')).resolve('ml5')), 'ml5.min.js');
const wanted = options.tasks?.split(',');

const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox'] });
const results = [];
try {
  for (const task of tasks().filter(({ name }) => wanted?.includes(name) ?? true)) {
    const runs = [];
    // A page for each, because ml5 changes its default for all networks after one of images.
    for (let seed = 1; seed <= Number(options.seeds); seed++) runs.push(await inPage(task, seed));
    results.push({ name: task.name, from: task.from, rows: task.rows.length, runs });
    if (!options.json) report(task.name, runs);
  }
} finally {
  await browser.close();
}
if (options.json) console.log(JSON.stringify(results, null, 1));
else {
  const better = results.filter(({ runs }) => medianOf(runs, 'found') < medianOf(runs, 'byDefault'));
  console.log(`\nbetter at the found rate: ${better.length} of ${results.length}`);
}

/** @typedef {{ rate: number, defaultRate: number, byDefault: number, found: number, seconds: number, failure?: string }} Run */

/** @param {Run[]} runs @param {'byDefault' | 'found' | 'rate' | 'defaultRate' | 'seconds'} what */
function medianOf(runs, what) {
  return median(runs.map((run) => run[what]));
}

/** @param {string} name @param {Run[]} runs */
function report(name, runs) {
  const [byDefault, found] = [medianOf(runs, 'byDefault'), medianOf(runs, 'found')];
  const seeds = runs.filter((run) => run.found < run.byDefault).length;
  const cells = [
    name,
    runs[0]?.defaultRate,
    byDefault.toPrecision(3),
    runs.map(({ rate }) => rate.toPrecision(2)).join(' '),
    found.toPrecision(3),
    (found / byDefault).toFixed(2),
    `${seeds} of ${runs.length}`,
    medianOf(runs, 'seconds').toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  for (const { failure } of runs) if (failure) console.log(`  ${failure}`);
}

/** @param {import('./tasks.js').Task} task @param {number} seed @returns {Promise<Run>} */
async function inPage(task, seed) {
  const page = await browser.newPage();
  await page.route('https://page.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const path = name === 'ml5.js' ? ml5 : join(root, name);
    if (name === '')
      return route.fulfill({
        body: '<!DOCTYPE html><link rel="icon" href="data:,"><script src="ml5.js"></script>',
        contentType: 'text/html',
      });
    const contentType = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    return existsSync(path) ? route.fulfill({ path, contentType }) : route.fulfill({ status: 404 });
  });
  await page.goto('https://page.test/');
  const { options, rows } = task;
  /** @type {Run} */
  const run = await page.evaluate(
    // As a text, since it runs in the page.
    `import('https://page.test/bench/ml5/page.js').then(({ measure }) => measure(${JSON.stringify({ options, rows, seed })}))`,
  );
  await page.close();
  return run;
}
