import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { type JobKind, PREFIX } from './job-kind.js';

/** A worker, as it announces itself. */
export interface PresentWorker {
  /** Host and process. */
  readonly name: string;
  readonly kinds: readonly JobKind[];
  /** Trainings at a time. */
  readonly concurrency: number;
}

const WORKERS = `${PREFIX}:workers`;

/** Seconds after which a worker that says nothing is not there any more. */
const SILENCE = 60;

/** Seconds between two announcements. */
export const ANNOUNCED_EVERY = 20;

/** The name of this process among all workers. */
export function workerName(): string {
  return `${hostname()}:${process.pid}`;
}

/** Seconds on the clock of Redis, which is one for all machines. */
async function redisSeconds(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) + Number(microseconds) / 1e6;
}

/** Says that a worker is there. */
export async function announce(redis: Redis, worker: PresentWorker): Promise<void> {
  await redis.hset(WORKERS, worker.name, JSON.stringify({ ...worker, seen: await redisSeconds(redis) }));
}

/** Says that a worker has gone. */
export async function leave(redis: Redis, name: string): Promise<void> {
  await redis.hdel(WORKERS, name);
}

/** The workers that are there. Those that have been silent are forgotten. */
export async function presentWorkers(redis: Redis): Promise<PresentWorker[]> {
  const [all, now] = await Promise.all([redis.hgetall(WORKERS), redisSeconds(redis)]);
  const present: PresentWorker[] = [];
  for (const [name, text] of Object.entries(all)) {
    const { seen, ...worker } = JSON.parse(text) as PresentWorker & { readonly seen: number };
    // A clock that is set back must not make workers immortal.
    if (Math.abs(now - seen) < SILENCE) present.push(worker);
    else await redis.hdel(WORKERS, name);
  }
  return present.toSorted((a, b) => a.name.localeCompare(b.name));
}
