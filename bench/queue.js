// How many trainings a second go through a queue, and what one takes of Redis, where a training takes no time itself.
//
//   node bench/queue.js [--trials 5000] [--json]
//
// It starts a redis-server of its own, which stores each command (appendonly). The study is one process; what takes the jobs is another one,
// with 50 at a time, and gives an outcome of the size of a training with 10 evaluations.
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
const url = `redis://127.0.0.1:${PORT}`;
const evaluations = Array.from({ length: 10 }, (_, i) => {
  const measures = { loss: 1 / (i + 3), metrics: { accuracy: 1 / (i + 7) } };
  return { step: i + 1, epoch: (i + 1) / 10, rate: 0.01, training: measures, validation: measures, seconds: i / 7 };
});

if (process.argv[2] === '--take') await take();
else await measure();

/** Takes jobs until it is ended. */
async function take() {
  const redis = redisConnection(redisAddress(url, 'url'), 'bench');
  const contents = openContents(redis, undefined);
  new Worker(
    queueName(ownKind('wasm', false)),
    async ({ data: { spec } }) => {
      const training = { seed: spec.seed, start: null, evaluations, outcome: 'finished', divergedAt: null };
      const outcome = { training, seconds: 0, state: null };
      return {
        outcome: await contents.put(new TextEncoder().encode(JSON.stringify({ ...outcome, trial: undefined }))),
      };
    },
    { connection: redisConnection(redisAddress(url, 'url'), 'bench'), prefix: PREFIX, concurrency: 50 },
  );
}

async function measure() {
  const { values: options } = parseArgs({
    options: { trials: { type: 'string', default: '5000' }, json: { type: 'boolean', default: false } },
  });
  const trials = Number(options.trials);
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
  const memory = await info('used_memory');
  const most = Math.min(trials, 2000);
  const first = Array.from({ length: most }, (_, seed) => one(seed));
  const wait = `${PREFIX}:${queueName(ownKind('wasm', false))}:wait`;
  while ((await redis.llen(wait)) < most) await new Promise((resolve) => setTimeout(resolve, 10));
  const bytes = ((await info('used_memory')) - memory) / most;
  const before = await cpu();
  const taker = fork(fileURLToPath(import.meta.url), ['--take']);
  const sample = await Promise.race(first);
  if (sample.training.evaluations.length !== evaluations.length) throw new Error('the outcome is not whole');
  const clock = performance.now();
  let seed = most;
  await Promise.all(
    first.map(async (job) => {
      await job;
      while (seed < trials) await one(seed++);
    }),
  );
  const seconds = (performance.now() - clock) / 1000;
  const perJob = ((await cpu()) - before) / trials;
  taker.kill();
  await queue.close();
  redis.disconnect();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
  const measured = {
    trials,
    'trainings a second': Math.round(trials / seconds),
    'processor time of Redis for one, in ms': Number((perJob * 1000).toPrecision(3)),
    'memory of Redis for one that waits, in kB': Number((bytes / 1000).toPrecision(3)),
  };
  if (options.json) process.stdout.write(`${JSON.stringify(measured, null, 1)}\n`);
  else for (const [what, value] of Object.entries(measured)) process.stdout.write(`${what}: ${value}\n`);
  process.exit();
}
