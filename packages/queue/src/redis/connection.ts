import { InputError } from '@lrfind/core';
import { Redis } from 'ioredis';
import { type RedisAddress, shownAddress } from './address.js';
import { redisFailure } from './failure.js';

/** Milliseconds for a first answer. */
const FIRST_ANSWER = 10_000;

/** Milliseconds between two attempts to connect again. */
const MOST_PAUSE = 2000;

/**
 * A connection that waits for a Redis that has gone, and sends again what it had not answered.
 *
 * @param name by which Redis lists the connection
 */
export function redisConnection(address: RedisAddress, name: string): Redis {
  const { username, password, tls, host, port, db } = address;
  return new Redis({
    ...{ host, port, db, lazyConnect: true, connectionName: name },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    // BullMQ needs it for calls that block; a queue that waits for Redis needs it for all.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(100 * attempt, MOST_PAUSE),
    enableAutoPipelining: true,
  });
}

/**
 * Checks once whether a Redis can hold a queue: that it answers, takes the password, can be written to, and removes nothing by itself.
 *
 * @throws InputError for what the user can correct
 */
export async function checkRedis(address: RedisAddress): Promise<void> {
  const redis = redisConnection(address, 'lrfind');
  redis.options.retryStrategy = () => null;
  redis.options.connectTimeout = FIRST_ANSWER;
  let failure: unknown;
  redis.on('error', (error: unknown) => {
    failure ??= error;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    const of = (field: string) => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    if (of('role') === 'slave')
      throw new InputError(
        `${shownAddress(address)} can only be read: it is a replica; name the Redis that it follows`,
      );
    const [major = 0, minor = 0] = (of('redis_version') ?? '').split('.').map(Number);
    if (major < 6 || (major === 6 && minor < 2))
      throw new InputError(
        `${shownAddress(address)} must be Redis 6.2 or later, or Valkey; got ${of('redis_version')}`,
      );
    const policy = of('maxmemory_policy');
    if (policy !== undefined && policy !== 'noeviction')
      throw new InputError(
        `${shownAddress(address)} must keep what it is given, with maxmemory-policy noeviction; got ${policy}, by which it removes what is waited for`,
      );
    // Authentication and rights show only when something is written.
    await redis.set('lrfind:check', '1', 'EX', 1);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw redisFailure(address, failure) ?? redisFailure(address, error) ?? error;
  } finally {
    redis.disconnect();
  }
}
