// A study whose workers are killed and whose Redis is restarted.
//
//   LRFIND_KILLS=20 LRFIND_TRIALS=600 npx vitest run --project all packages/queue/test/chaos.test.ts
//
// kills 20 workers, with more trials so that the study lasts as long. LRFIND_SEED chooses other moments.
import { useBackend } from '@lrfind/backends';
import { afterAll, expect, test } from 'vitest';
import { repeatableRandom } from '../../data/test/temporary-files.js';
import { trialQueue } from '../src/study/trial-queue.js';
import { hasRedis, type RedisServer, startRedis } from './redis-server.js';
import { rates, rememberedJournal, smallModel, study, untimed } from './study.js';
import { workerPlace } from './workers.js';

await useBackend('wasm');

const KILLS = Number(process.env.LRFIND_KILLS ?? 5);
const TRIALS = Number(process.env.LRFIND_TRIALS ?? 200);
const WORKERS = 4;
const random = repeatableRandom(Number(process.env.LRFIND_SEED ?? 1));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const workers = workerPlace();
let redis: RedisServer | undefined;
afterAll(async () => {
  await workers.remove();
  await redis?.remove();
});

test.skipIf(!hasRedis)(
  'a study ends complete and equal to that of one process, although workers are killed and Redis is restarted',
  async () => {
    redis = await startRedis();
    const { url, port } = redis;
    const flags = ['--stalled-after', '1', '--quiet'];
    const running = Array.from({ length: WORKERS }, () => workers.start(url, ...flags));
    await Promise.all(running.map((worker) => worker.says('takes trainings')));
    const journal = rememberedJournal();
    const notes: string[] = [];
    const queue = await trialQueue(url, { backend: 'wasm', onNote: (note) => notes.push(note) });
    const options = { trials: rates(TRIALS), steps: 200, batchSize: 8 };
    let isDone = false;
    const there = study({ ...options, queue, journal }, smallModel(24)).finally(() => {
      isDone = true;
    });
    // Everything but the first training is still to come.
    while (journal.entries.length === 0 && !isDone) await pause(20);
    let kills = 0;
    for (; kills < KILLS && !isDone; kills++) {
      const victim = Math.floor(random() * WORKERS);
      await running[victim]?.kill();
      running[victim] = workers.start(url, ...flags);
      if (kills === Math.floor(KILLS / 2)) await redis.restart(300);
      await pause(300 + 1000 * random());
    }
    const result = await there;
    await queue.close();
    expect(kills).toBe(KILLS);
    expect(notes).toContain(`Redis at 127.0.0.1:${port} is back`);

    const here = await study(options, smallModel(24));
    expect(untimed(result)).toBe(untimed(here));
    const counted = journal.entries.map((entry) => 'seed' in entry && `${entry.trial} ${entry.seed}`);
    expect(counted).toHaveLength(TRIALS);
    expect(new Set(counted).size).toBe(TRIALS);
  },
);
