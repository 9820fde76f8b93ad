// pnpm suite --backend wasm|tensorflow|webgpu|cpu|tfjs-wasm [--every 1] [--json out.json] [--trace]: see docs/tfjs-core-suite.md.
// Exit code 0: every failure is a known one; 1: there is an unknown failure; 2: the suite could not start.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BACKENDS } from './backends.js';
import { compareWithKnown } from './known-failures.js';
import { runSuite } from './run-suite.js';

const { backend, every, json, trace } = options();
const print = console.log;
const outcome = await runSuite(backend, trace, every).catch(stop);
const { unknown, fixed } = compareWithKnown(backend, outcome.failures);
// Of a sample, known failures may not have run.
if (every > 1) fixed.length = 0;
if (json) writeFileSync(json, `${JSON.stringify({ backend, ...outcome, unknown, fixed }, null, 2)}\n`);

/** @type {Map<string, number>} */
const families = new Map();
for (const { name } of outcome.failures) {
  const family = name.split(' @')[0] ?? name;
  families.set(family, (families.get(family) ?? 0) + 1);
}
for (const [family, count] of [...families].sort((a, b) => b[1] - a[1]))
  print(`${String(count).padStart(5)}  ${family}`);
const { passed, pending, failures } = outcome;
print(`${backend}: ${passed + failures.length} run, ${passed} passed, ${failures.length} failed, ${pending} pending`);
for (const { name, message } of unknown) print(`not known to fail: ${name}: ${message}`);
for (const name of fixed) print(`known to fail, but did not: ${name}`);
// Threads and timers of the suite would keep the process alive.
process.exit(unknown.length > 0 ? 1 : 0);

function options() {
  try {
    const { backend, every, json, trace } = parseArgs({
      options: {
        backend: { type: 'string' },
        every: { type: 'string', default: '1' },
        json: { type: 'string' },
        trace: { type: 'boolean', default: false },
      },
    }).values;
    if (!(Number(every) >= 1)) throw new Error(`--every must be a whole number from 1; got "${every}"`);
    if (backend && backend in BACKENDS) return { backend, every: Number(every), json, trace };
    const allowed = Object.keys(BACKENDS).join(', ');
    throw new Error(`--backend must be one of ${allowed}; got ${backend ? `"${backend}"` : 'none'}`);
  } catch (error) {
    return stop(error);
  }
}

/** @param {unknown} error @returns {never} */
function stop(error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(2);
}
