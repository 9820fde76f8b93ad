// How many trainings a second go through a queue, and what one takes of Redis, where a training takes no time itself.
//
//   node bench/queue.js [--trials 5000] [--workers 1] [--seconds 0] [--json]
//
// It starts a redis-server of its own, which stores each command (appendonly). The study is one process. One worker takes 50 jobs at a time, in
// a process of its own; several take 8 each, and are up to 50 in a process, where a training is a pause of --seconds. An outcome is as large as that of a
// training with 10 evaluations.
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { trialQueue } from '@lrfind/queue';
import {
  openContents,
  ownKind,
  PREFIX,
  queueName,
  redisAddress,
  redisConnection,
  Worker,
} from '../packages/queue/dist/internals.js';

const PORT = 16_379;
/** Seconds for which workers that wait are watched. */
const IDLE = 10;
const url = `redis://127.0.0.1:${PORT}`;
const evaluations = Array.from({ length: 10 }, (_, i) => {
  const measures = { loss: 1 / (i + 3), metrics: { accuracy: 1 / (i + 7) } };
  return { step: i + 1, epoch: (i + 1) / 10, rate: 0.01, training: measures, validation: measures, seconds: i / 7 };
});

/** Workers in one process. */
const IN_PROCESS = 50;

if (process.argv[2] === '--take') await take(Number(process.argv[3]), Number(process.argv[4]), Number(process.argv[5]));
else await measure();

/**
 * Takes jobs until it is ended. Tells its parent when its workers are ready, when one of them begins its first job, and of locks that are renewed.
 *
 * @param {number} workers how many there are in this process
 * @param {number} concurrency jobs of each at a time
 * @param {number} seconds that a training takes
 */
async function take(workers, concurrency, seconds) {
  const redis = redisConnection(redisAddress(url, 'url'), 'bench');
  const contents = openContents(redis, undefined);
  const say = (/** @type {object} */ message) => process.send?.(message);
  const all = Array.from({ length: workers }, () => {
    let began = false;
    return new Worker(
      queueName(ownKind('wasm', false)),
      async ({ data: { spec } }) => {
        if (!began) say({ began: 1 });
        began = true;
        if (seconds > 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        const training = { seed: spec.seed, start: null, evaluations, outcome: 'finished', divergedAt: null };
        const outcome = { training, seconds: 0, state: null };
        return {
          outcome: await contents.put(new TextEncoder().encode(JSON.stringify({ ...outcome, trial: undefined }))),
        };
      },
      { connection: redisConnection(redisAddress(url, 'url'), 'bench'), prefix: PREFIX, concurrency },
    ).on('locksRenewed', ({ count }) => say({ renewed: count }));
  });
  await Promise.all(all.map((worker) => worker.waitUntilReady()));
  say({ ready: workers });
}

async function measure() {
  const { values: options } = parseArgs({
    options: {
      trials: { type: 'string', default: '5000' },
      workers: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
    },
  });
  const [trials, workers, length] = [Number(options.trials), Number(options.workers), Number(options.seconds)];
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
  const own = ['--port', String(PORT), '--dir', folder, '--save', '', '--appendonly', 'yes', '--bind', '127.0.0.1'];
  const server = spawn('redis-server', own, { stdio: 'ignore' });
  const redis = redisConnection(redisAddress(url, 'url'), 'bench');
  redis.on('error', () => {});
  const info = async (/** @type {string} */ field) =>
    Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(await redis.info())?.[1]);
  const cpu = async () => (await info('used_cpu_sys')) + (await info('used_cpu_user'));
  await redis.ping();
  const queue = await trialQueue(url, { backend: 'wasm' });
  const executor = await queue.executor([
    /** @type {any} */ ({ ref: 'model', model: { name: 'empty' }, copy: { topology: {}, frozen: [], weights: [] } }),
  ]);
  const reference = { ref: 'model', hash: 0 };
  const schedule = /** @type {const} */ ({ name: 'constant', rate: 0.01 });
  const recipe = { optimizer: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }, batchSize: 32, schedule };
  const one = (/** @type {number} */ seed) =>
    executor.run(
      {
        trial: `trial ${seed}`,
        model: reference,
        data: reference,
        recipe,
        seed,
        evaluateAt: [10],
        length: 10,
        from: null,
      },
      {},
    );
  const told = { began: 0, renewed: 0, ready: 0 };
  /** @type {import('node:child_process').ChildProcess[]} */
  const takers = [];
  const startWorkers = () => {
    for (let rest = workers; rest > 0; rest -= IN_PROCESS) {
      const argv = ['--take', Math.min(rest, IN_PROCESS), workers === 1 ? 50 : 8, length].map(String);
      const taker = fork(fileURLToPath(import.meta.url), argv);
      taker.on('message', (/** @type {Partial<typeof told>} */ message) => {
        for (const [what, count] of Object.entries(message)) told[/** @type {keyof typeof told} */ (what)] += count;
      });
      takers.push(taker);
    }
  };
  const until = async (/** @type {() => boolean | Promise<boolean>} */ done) => {
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const most = Math.min(trials, 2000);
  let bytes = 0;
  /** @type {Promise<any>[]} */
  let first = [];
  const give = () => {
    first = Array.from({ length: most }, (_, seed) => one(seed));
  };
  const several = {};
  if (workers === 1) {
    // All wait before the worker is there.
    const memory = await info('used_memory');
    give();
    const wait = `${PREFIX}:${queueName(ownKind('wasm', false))}:wait`;
    await until(async () => (await redis.llen(wait)) >= most);
    bytes = ((await info('used_memory')) - memory) / most;
  } else {
    const connections = await info('connected_clients');
    startWorkers();
    await until(() => told.ready === workers);
    // What they do at their start.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const commands = await info('total_commands_processed');
    await new Promise((resolve) => setTimeout(resolve, IDLE * 1000));
    const idle = ((await info('total_commands_processed')) - commands) / IDLE / workers;
    several['connections of one worker'] = ((await info('connected_clients')) - connections) / workers;
    several['commands a second of one worker that waits'] = Number(idle.toPrecision(2));
  }
  const before = await cpu();
  const clock = performance.now();
  if (workers === 1) startWorkers();
  else {
    give();
    await until(() => told.began === workers);
    several['seconds until all workers have work'] = Number(((performance.now() - clock) / 1000).toPrecision(2));
  }
  const sample = await Promise.race(first);
  if (sample.training.evaluations.length !== evaluations.length) throw new Error('the outcome is not whole');
  const begin = workers === 1 ? performance.now() : clock;
  let seed = most;
  await Promise.all(
    first.map(async (job) => {
      await job;
      while (seed < trials) await one(seed++);
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  const perJob = ((await cpu()) - before) / trials;
  if (workers > 1) several['locks renewed a second'] = Number((told.renewed / seconds).toPrecision(3));
  for (const taker of takers) taker.kill();
  await queue.close();
  redis.disconnect();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
  const measured = {
    trials,
    ...several,
    'trainings a second': Math.round(trials / seconds),
    'processor time of Redis for one, in ms': Number((perJob * 1000).toPrecision(3)),
    ...(workers === 1 && { 'memory of Redis for one that waits, in kB': Number((bytes / 1000).toPrecision(3)) }),
  };
  if (options.json) process.stdout.write(`${JSON.stringify(measured, null, 1)}\n`);
  else for (const [what, value] of Object.entries(measured)) process.stdout.write(`${what}: ${value}\n`);
  process.exit();
}
