import type { Redis } from 'ioredis';
import { type RedisAddress, shownAddress } from './address.js';
import { whyClosed } from './connection.js';
import { isCutOff, mayPass, redisFailure } from './failure.js';

/** Who is told of a connection, and of those of BullMQ beside it. */
export interface Watcher {
  /** Gets a sentence when Redis has gone, and when it is back. */
  readonly onNote: (note: string) => void;
  /** Gets an error that waiting does not help. */
  readonly onFailure: (error: unknown) => void;
}

/** A connection that is watched. */
export interface ConnectionWatch {
  /** Milliseconds for which it has been gone; 0 while it is there. */
  goneFor(): number;
  /** Tells of an error that BullMQ met on a connection of its own. */
  met(error: unknown): void;
  /** Tells that a connection of BullMQ's was closed. */
  closed(): void;
}

/** Milliseconds in which connections that Redis ends together are seen to have ended. */
const TOGETHER = 3000;

/**
 * Watches a connection: says once when it has gone, and when it is back. Of other connections it says once what they met alone: those that
 * go with this one are not worth another word.
 */
export function watchConnection(redis: Redis, address: RedisAddress, { onNote, onFailure }: Watcher): ConnectionWatch {
  let goneAt: number | undefined;
  let lastGone = Number.NEGATIVE_INFINITY;
  const said = new Set<string>();
  const textOf = (error: unknown) => redisFailure(address, error)?.message ?? `${shownAddress(address)} is not ready`;
  const lose = (error: unknown): void => {
    if (!mayPass(error)) {
      onFailure(error);
      return;
    }
    lastGone = performance.now();
    if (goneAt !== undefined) return;
    goneAt = lastGone;
    onNote(`${textOf(error)}; waiting for it`);
  };
  /** @param isReason of an end, which else comes later */
  const met = (error: unknown, isReason = false): void => {
    if (isCutOff(error) && !isReason) return;
    if (!mayPass(error)) {
      onFailure(error);
      return;
    }
    setTimeout(() => {
      const text = textOf(error);
      if (performance.now() - lastGone < 2 * TOGETHER || said.has(text)) return;
      said.add(text);
      onNote(text);
    }, TOGETHER).unref();
  };
  redis.on('error', (error) => {
    // Its end comes with the reason.
    if (!isCutOff(error)) lose(error);
  });
  redis.on('close', async () => {
    const reason = await whyClosed(address);
    // Ended by this process, or there again meanwhile.
    if (redis.status !== 'end' && redis.status !== 'ready') lose(reason);
  });
  redis.on('ready', () => {
    if (goneAt !== undefined) onNote(`${shownAddress(address)} is back`);
    goneAt = undefined;
  });
  return {
    goneFor: () => (goneAt === undefined ? 0 : performance.now() - goneAt),
    met: (error) => met(error),
    closed: () => void whyClosed(address).then((reason) => met(reason, true)),
  };
}
