import { writeSync } from 'node:fs';
import * as nodeModule from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { BACKENDS } from './backends.js';

/** @typedef {{ name: string, message: string }} Failure a spec's name without its backend, and its first error */
/** @typedef {{ passed: number, pending: number, failures: Failure[] }} Outcome */
/** @typedef {{ fullName: string, status: string, failedExpectations: { message: string }[] }} Report jasmine's */

const require = nodeModule.createRequire(import.meta.url);
const suite = new URL('./', import.meta.resolve('@tensorflow/tfjs-core'));

/** @param {string} file of the suite */
const load = (file) => import(new URL(file, suite).href);

/**
 * Runs TensorFlow.js's own test suite, which is in `@tensorflow/tfjs-core`, once in this process. The suite is another
 * copy of TensorFlow.js than the backend uses; both share engine, kernels and gradients, which are global.
 *
 * @param {string} name of an entry of `BACKENDS`
 * @param {boolean} trace whether to write the name of each spec to stderr before it starts: the last one has crashed
 * @param {number} every of how many specs one runs: 1 for all
 * @returns {Promise<Outcome>} its failures include those outside of specs
 */
export async function runSuite(name, trace, every) {
  // A global that the suite expects.
  Object.assign(globalThis, { require });
  const jasmine = require('jasmine-core').boot(require('jasmine-core'));
  // A shader of a software driver takes a second to compile, on a busy machine several.
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 120_000;
  await hookModules();
  for (const method of /** @type {const} */ (['log', 'info', 'warn', 'error'])) console[method] = () => {};

  await load('index.js');
  await load('public/chained_ops/register_all_chained_ops.js');
  await load('register_all_gradients.js');
  // After these, so that lrfind's gradients replace them.
  await BACKENDS[name]?.();
  const { setTestEnvs } = await load('jasmine_util.js');
  // Specs that read at once are left out where a backend cannot. The suite resets flags, also the one by which small tensors of webgpu
  // are computed in JavaScript.
  const isDataSync = name !== 'webgpu';
  const flags = isDataSync ? {} : { WEBGPU_CPU_FORWARD: false };
  setTestEnvs([{ name: '@', backendName: tf.getBackend(), isDataSync, flags }]);
  await load('tests.js');

  /** @type {Report[]} */
  const specs = [];
  /** @type {Failure[]} */
  const outside = [];
  /** @param {Partial<Report>} report */
  const noteOutside = ({ fullName = 'the whole suite', failedExpectations = [] }) =>
    outside.push(...failedExpectations.map(({ message }) => ({ name: fullName, message: firstLine(message) })));
  const env = jasmine.getEnv();
  let offered = 0;
  env.configure({ random: false, specFilter: () => offered++ % every === 0 });
  env.addReporter({
    specStarted: (/** @type {Report} */ { fullName }) => trace && writeSync(2, `${fullName}\n`),
    specDone: (/** @type {Report} */ report) => report.status !== 'excluded' && specs.push(report),
    suiteDone: noteOutside,
    jasmineDone: noteOutside,
  });
  await env.execute();

  const names = distinct(specs.map(({ fullName }) => fullName.replace(/ @ \{[^}]*\}/, ' @')));
  const failures = specs.flatMap(({ status, failedExpectations: [first] }, i) =>
    status === 'failed' ? [{ name: names[i] ?? '', message: firstLine(first?.message ?? '') }] : [],
  );
  const count = (/** @type {string} */ status) => specs.filter((spec) => spec.status === status).length;
  return { passed: count('passed'), pending: count('pending'), failures: [...failures, ...outside] };
}

async function hookModules() {
  // Newer versions of Node deprecate `register` in favour of it; the oldest supported one lacks it.
  const { registerHooks } = /** @type {{ registerHooks?: (hooks: object) => void }} */ (nodeModule);
  if (registerHooks) registerHooks(await import('./module-hooks.js'));
  else nodeModule.register('./module-hooks.js', import.meta.url);
}

/** Numbers the names that occur several times. @param {string[]} names */
function distinct(names) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} #${times}`;
  });
}

/** @param {string} message */
function firstLine(message) {
  return (message.split('\n')[0] ?? '').slice(0, 240);
}
