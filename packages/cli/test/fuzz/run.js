// Reads damaged documents with every reader: node packages/cli/test/fuzz/run.js --seed 1 --cases 2000 [--reader models] [--from 0]
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { notOneOf } from '@lrfind/core';
import { main } from '../../dist/main.js';
import { readerNames } from './names.js';
import { openReader, randomOf } from './readers.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '2000' },
    reader: { type: 'string' },
    from: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed);
const cases = Number(values.cases);
const from = Number(values.from);
/** A case takes a fraction of a second; this is a hang. */
const HANG_MS = 60_000;
/** The files have kilobytes; what one of them takes in memory is less than this. */
const MOST_RSS_MB = 300;
/** Of JavaScript's own memory. */
const HEAP_MB = 512;

if (values.reader !== undefined && !readerNames.includes(values.reader))
  throw notOneOf('the reader', readerNames, values.reader);
if (process.send) await child();
else await parent();

/** Reads the cases of one reader one after the other, and says which before each. */
async function child() {
  const reader = await openReader(String(values.reader), main);
  let highest = process.resourceUsage().maxRSS / 1024;
  for (let i = from; i < cases; i++) {
    process.send?.({ started: i });
    try {
      await reader.attempt(randomOf(reader.name, seed, i), i);
      const rss = process.resourceUsage().maxRSS / 1024;
      if (rss > highest + MOST_RSS_MB)
        process.send?.({ failed: i, why: `memory grew from ${highest.toFixed()} to ${rss.toFixed()} MB` });
      highest = Math.max(highest, rss);
    } catch (error) {
      process.send?.({ failed: i, why: String(/** @type {Error} */ (error).stack) });
    }
  }
  reader.remove();
  process.exit(0);
}

async function parent() {
  let failures = 0;
  for (const name of values.reader ? [values.reader] : readerNames) {
    const start = performance.now();
    const before = failures;
    for (let next = from; next < cases; ) {
      const { at, problems } = await read(name, next);
      for (const [i, why] of problems) console.log(`${name}, case ${i}: ${why}\n`);
      failures += problems.length;
      next = at + 1;
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${name}: ${cases - from} cases, ${failures - before} failed, ${seconds} s`);
  }
  process.exitCode = failures > 0 ? 1 : 0;
}

/**
 * Reads cases in a process of its own, until the last, or until it hangs or dies.
 *
 * @param {string} name
 * @param {number} first
 * @returns {Promise<{ at: number, problems: [number, string][] }>}
 */
function read(name, first) {
  const argv = ['--reader', name, '--seed', String(seed), '--cases', String(cases), '--from', String(first)];
  const process = fork(new URL(import.meta.url), argv, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
  });
  let at = first;
  let began = false;
  let stderr = '';
  /** @type {[number, string][]} */
  const problems = [];
  process.stderr?.on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  const hang = () => {
    problems.push([at, `it takes longer than ${HANG_MS / 1000} s`]);
    process.kill('SIGKILL');
  };
  let timer = setTimeout(hang, HANG_MS);
  process.on('message', (/** @type {any} */ { started, failed, why }) => {
    began = true;
    if (started !== undefined) at = started;
    else problems.push([failed, why]);
    clearTimeout(timer);
    timer = setTimeout(hang, HANG_MS);
  });
  return new Promise((resolve, reject) => {
    process.on('close', (code, signal) => {
      clearTimeout(timer);
      if (!began) return reject(new Error(`the reader ${name} does not start: ${stderr}`));
      if (code === 0) {
        if (stderr !== '') problems.push([at, `something was printed: ${stderr}`]);
        return resolve({ at: cases, problems });
      }
      if (signal !== 'SIGKILL') problems.push([at, `the process ended with ${code ?? signal}: ${stderr}`]);
      resolve({ at, problems });
    });
  });
}
