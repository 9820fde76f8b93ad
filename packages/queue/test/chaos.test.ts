// Studies whose workers are killed, as is what compares, and whose Redis is restarted.
//
//   LRFIND_KILLS=20 LRFIND_TRIALS=600 npx vitest run --project all packages/queue/test/chaos.test.ts
//
// kills 20 workers, with more trials so that the study lasts as long. LRFIND_SEED chooses other moments.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { afterAll, expect, test } from 'vitest';
import { workspace } from '../../cli/test/workspace.js';
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
const here = workspace();
let redis: RedisServer | undefined;
afterAll(async () => {
  await workers.remove();
  await redis?.remove();
  here.remove();
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

const bin = fileURLToPath(new URL('../../cli/bin/lrfind.js', import.meta.url));

/** A comparison by the built command, with what it says if it ends by itself. */
function startCompare(...flags: readonly string[]): { process: ChildProcess; ended: Promise<string> } {
  const process = spawn(globalThis.process.execPath, [bin, 'compare', ...flags], {
    cwd: here.path('.'),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  process.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<string>((resolve) =>
    process.once('close', (code, signal) => resolve(`${code ?? signal} ${code ? text : ''}`.trim())),
  );
  return { process, ended };
}

const read = (name: string) => untimed(JSON.parse(readFileSync(here.path(name), 'utf8')));

test.skipIf(!hasRedis).each([
  ['asynchronous halving', ['--halving', 'asynchronous', '--search', '16', '--sampler', 'tpe']],
  ['halving', ['--halving', '--lr', '0.5,0.2,0.1,0.05,0.02,0.01,0.005,0.002']],
])(
  '%s counts each part once, although what compares is killed too, and its journal gives the same result again',
  async (name, halving) => {
    redis ??= await startRedis();
    const { url } = redis;
    const start = () => workers.start(url, '--stalled-after', '1', '--quiet');
    const running = [start(), start()];
    await Promise.all(running.map((worker) => worker.says('takes trainings')));
    const data = ['-m', 'model.json', '-d', 'data.csv', '--backend', 'wasm', '--no-progress'];
    const flags = [...data, ...halving, '--steps', '320', '--repeats', '2'];
    const journal = here.path('there.json.journal');
    const kept = here.path('kept');
    rmSync(kept, { force: true });
    const entries = () =>
      readFileSync(kept, 'utf8')
        .split('\n')
        .slice(1, -1)
        .map((line) => JSON.parse(line) as { kind: string; trial: string; seed?: number; untilStep: number });
    const there = [...flags, '--queue', url, '-o', 'there.json'];
    let comparing = startCompare(...there);
    for (let kills = 0; kills < 2; kills++) {
      const before = existsSync(kept) ? entries().length : 0;
      // Killed once something was added to what the one before had done.
      for (;;) {
        if (!existsSync(kept) && existsSync(journal)) linkSync(journal, kept);
        if (existsSync(kept) && entries().length > before + 1) break;
        await pause(5);
      }
      comparing.process.kill('SIGKILL');
      await running[kills]?.kill();
      running[kills] = start();
      expect(await comparing.ended).toBe('SIGKILL');
      if (kills === 0) await redis.restart(300);
      comparing = startCompare(...there, '--resume');
    }
    expect(await comparing.ended).toBe('0');
    expect(existsSync(journal)).toBe(false);

    const parts = entries().map(({ kind, trial, seed, untilStep }) => `${kind} ${trial} ${seed} ${untilStep}`);
    expect(new Set(parts).size).toBe(parts.length);
    copyFileSync(kept, here.path('again.json.journal'));
    expect(await startCompare(...flags, '-o', 'again.json', '--resume').ended).toBe('0');
    expect(read('again.json')).toBe(read('there.json'));
    if (name === 'halving') {
      expect(await startCompare(...flags, '-o', 'here.json').ended).toBe('0');
      expect(read('there.json')).toBe(read('here.json'));
    }
    await workers.kill();
  },
);
