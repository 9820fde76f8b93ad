// What a live page costs a search: `findLearningRate` on WebAssembly with the page of `--open` in Chromium, with a listener that
// draws nothing, and without a page, alternating within one call of the program.
//
//   node bench/live.js [--rounds 9] [--networks mlp,small] [--seeds 4] [--chromium /usr/bin/chromium] [--json]
//
// "wall" is the time of the search over that without a page in the same round, "processor" the same of the processor time that
// this process takes, which what else runs on the machine changes less. "updates" is how many the listener gets in a second,
// "browser" what share of a processor Chromium takes (Linux alone).
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findLearningRate, useBackend } from 'lrfind';
import { eventStream, servePage, showSearch } from '../packages/cli/dist/internals.js';
import { median } from './measures.js';
import { modelOf, networkNamed } from './networks.js';

const ROWS = 4096;
/** @typedef {'no page' | 'listener' | 'Chromium'} Condition @type {Condition[]} */
const CONDITIONS = ['no page', 'listener', 'Chromium'];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    networks: { type: 'string', default: 'mlp,small' },
    seeds: { type: 'string', default: '4' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    json: { type: 'boolean', default: false },
  },
});
if (!existsSync(options.chromium)) {
  console.error(`without Chromium: there is no ${options.chromium}`);
  CONDITIONS.pop();
}
/** @type {import('./measures.js').Measure[]} */
const measures = [];
await useBackend('wasm');
for (const name of options.networks.split(',')) await measure(name);
if (options.json) console.log(JSON.stringify(measures));

/** @param {string} name of a network */
async function measure(name) {
  const network = networkNamed(name);
  const random = (/** @type {number} */ i) =>
    Math.sin(12.9898 * i) * 43758.5453 - Math.floor(Math.sin(12.9898 * i) * 43758.5453);
  const width = network.input.reduce((product, size) => product * size, 1);
  const xs = Array.from({ length: ROWS }, (_, row) => Array.from({ length: width }, (_, i) => random(row * width + i)));
  const ys = xs.map((values) => Math.floor(10 * Number(values[0])));
  /** @type {Record<Condition, { wall: number, processor: number, updates: number, browser: number }[]>} */
  const measured = { 'no page': [], listener: [], Chromium: [] };
  /** @param {Condition} condition */
  const once = async (condition) => {
    const page = condition === 'no page' ? undefined : await opened(condition);
    const shown = page && showSearch(page.events);
    const model = modelOf(network);
    const before = page?.browser() ?? 0;
    const [clock, processor] = [performance.now(), process.cpuUsage()];
    await findLearningRate(
      model,
      { xs, ys },
      {
        loss: 'sparseCategoricalCrossentropy',
        batchSize: network.batch,
        repeats: Number(options.seeds),
        steps: name === 'small' ? 1000 : 150,
        endLr: 0.01,
        onStep: shown?.onStep,
      },
    );
    const wall = performance.now() - clock;
    const { user, system } = process.cpuUsage(processor);
    const browser = ((page?.browser() ?? 0) - before) / (wall / 1000);
    const updates = (await page?.close()) ?? 0;
    model.dispose();
    return { wall, processor: user + system, updates: (1000 * updates) / wall, browser };
  };
  await once('no page');
  for (let round = 0; round < Number(options.rounds); round++) {
    // Each condition is the first as often as the others.
    for (let i = 0; i < CONDITIONS.length; i++) {
      const condition = /** @type {Condition} */ (CONDITIONS[(round + i) % CONDITIONS.length]);
      measured[condition].push(await once(condition));
    }
  }
  if (options.json) {
    for (const condition of CONDITIONS)
      for (const what of /** @type {const} */ (['wall', 'processor']))
        measures.push({
          name: `${name}, ${condition}: ${what}`,
          unit: 's',
          rounds: measured[condition].map((run) => run[what] / (what === 'wall' ? 1000 : 1e6)),
          ...(condition !== 'no page' && { peer: `${name}, no page: ${what}` }),
        });
    return;
  }
  const plain = measured['no page'];
  console.log(`${network.title}: ${(median(plain.map(({ wall }) => wall)) / 1000).toFixed(1)} s without a page`);
  for (const condition of CONDITIONS.slice(1)) {
    const runs = measured[condition];
    /** @param {'wall' | 'processor'} what */
    const ratio = (what) => median(runs.map((run, i) => run[what] / Number(plain[i]?.[what]))).toFixed(3);
    const told =
      condition === 'listener'
        ? `${median(runs.map(({ updates }) => updates)).toFixed(1)} updates a second`
        : `browser ${median(runs.map(({ browser }) => browser)).toFixed(2)}`;
    console.log(`  ${condition}: wall ${ratio('wall')}, processor ${ratio('processor')}, ${told}`);
  }
}

/**
 * A page that somebody looks at.
 *
 * @param {Condition} condition
 */
async function opened(condition) {
  let updates = 0;
  const events = eventStream({ title: 'bench', subtitle: '', status: { text: '' }, panels: [], outcome: 'running' });
  const server = await servePage(events, 0);
  const profile = mkdtempSync(join(tmpdir(), 'lrfind-live-'));
  const listen = `for await (const piece of (await fetch(process.argv[1])).body) process.stdout.write(piece);`;
  const child =
    condition === 'Chromium'
      ? spawn(
          options.chromium,
          [
            '--headless=new',
            '--no-sandbox',
            '--disable-gpu',
            '--no-first-run',
            `--user-data-dir=${profile}`,
            '--remote-debugging-port=0',
            server.url,
          ],
          { stdio: 'ignore', detached: true },
        )
      : spawn(process.execPath, ['--input-type=module', '--eval', listen, `${server.url}events`]);
  child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    updates += text.split('event: update').length - 1;
  });
  await events.seen(20_000);
  // Its start is no part of what is measured.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return {
    events,
    browser: () => (condition === 'Chromium' && process.platform === 'linux' ? secondsOf(Number(child.pid)) : 0),
    close: async () => {
      events.flush();
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(condition === 'Chromium' ? -Number(child.pid) : Number(child.pid), 'SIGKILL');
      await server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      return updates;
    },
  };
}

/**
 * Processor time of the processes of a session, in seconds.
 *
 * @param {number} session
 */
function secondsOf(session) {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // After the name in parentheses: state, parent, group, session, …, and the times as the 12th and 13th of them.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(fields[3]) === session) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks / 100;
}
