import { connect } from 'node:net';
import { InputError } from '@lrfind/core';
import { Redis, type RedisOptions } from 'ioredis';
import { type RedisAddress, shownAddress } from './address.js';
import { isCutOff, isSilent, redisFailure } from './failure.js';

/** Milliseconds for a first answer. */
const FIRST_ANSWER = 10_000;

/**
 * Milliseconds without an answer after which a connection counts as gone: one whose other end has vanished would be waited for forever.
 * Longer than what is asked for blocks (10 s), and than the largest bytes take to be sent on a slow line: 16 MB with 2.2 Mbit/s.
 */
const SILENCE = 60_000;

/** Milliseconds for what a Redis says that takes no connection. */
const GREETING = 500;

/** Milliseconds between two attempts to connect again. */
const MOST_PAUSE = 2000;

/** Milliseconds for the last attempt to connect, of a connection that ends while it has none. */
const LAST_ATTEMPT = 1000;

/** A connection, and all that BullMQ has made like it. */
export class QueueConnection extends Redis {
  readonly #likeIt: QueueConnection[] = [];

  readonly #given: RedisOptions;

  constructor(given: RedisOptions) {
    super(given as never);
    this.#given = given;
  }

  override duplicate(override?: Partial<RedisOptions>): never {
    const made = new QueueConnection({ ...this.#given, ...override });
    this.#likeIt.push(made);
    return made as never;
  }

  /** Ends all of them for good, whoever waits for an answer or wants to connect again. */
  endForGood(): void {
    Object.assign(this.options, { retryStrategy: () => null, connectTimeout: LAST_ATTEMPT });
    this.on('ready', () => this.disconnect());
    const isBetweenAttempts = this.status === 'reconnecting';
    this.disconnect();
    // What waits for an answer learns that there will be none only when an attempt ends.
    if (isBetweenAttempts) this.connect().catch(() => {});
    for (const each of this.#likeIt) each.endForGood();
  }
}

/**
 * A connection that waits for a Redis that has gone, and sends again what it had not answered.
 *
 * @param name by which Redis lists the connection
 */
export function redisConnection(address: RedisAddress, name: string): QueueConnection {
  const { username, password, tls, host, port, db } = address;
  return new QueueConnection({
    ...{ host, port, db, lazyConnect: true, connectionName: name },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    // BullMQ needs it for calls that block; a queue that waits for Redis needs it for all.
    maxRetriesPerRequest: null,
    socketTimeout: SILENCE,
    retryStrategy: (attempt) => Math.min(100 * attempt, MOST_PAUSE),
    enableAutoPipelining: true,
  });
}

/**
 * Checks once whether a Redis can hold a queue: that it answers, takes the password, can be written to, and removes nothing by itself.
 *
 * @param patience milliseconds for each answer
 * @throws InputError for what the user can correct
 */
export async function checkRedis(address: RedisAddress, patience = FIRST_ANSWER): Promise<void> {
  const redis = redisConnection(address, 'lrfind');
  Object.assign(redis.options, {
    retryStrategy: () => null,
    connectTimeout: patience,
    socketTimeout: patience,
    // A Redis that reads its data would be waited for.
    enableReadyCheck: false,
  });
  let failure: unknown;
  redis.on('error', (error: unknown) => {
    failure ??= error;
  });
  try {
    await redis.connect();
    // Of a database that is not there a connection says nothing, and uses another one.
    await redis.select(address.db);
    const info = await redis.info();
    const of = (field: string) => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    if (of('loading') === '1') throw new Error('LOADING');
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
    const met = failure ?? error;
    const why = isCutOff(met) ? await whyClosed(address, met) : met;
    const known = redisFailure(address, why) ?? redisFailure(address, error);
    throw known ? new InputError(`${known.message}${otherPort(address, why)}`) : error;
  } finally {
    redis.disconnect();
  }
}

/**
 * Why a Redis closes connections: what it says by itself before, which is lost where something is being written.
 *
 * @param otherwise what is returned where it says nothing
 */
export async function whyClosed(
  { host, port, tls }: RedisAddress,
  otherwise: unknown = new Error('Connection is closed'),
): Promise<unknown> {
  if (tls) return otherwise;
  const socket = connect({ host, port, timeout: GREETING });
  try {
    const text = await new Promise<string>((resolve) => {
      for (const event of ['timeout', 'error', 'close']) socket.once(event, () => resolve(''));
      socket.once('data', (data) => resolve(data.toString('latin1')));
    });
    return text.startsWith('-') ? new Error(text.slice(1)) : otherwise;
  } finally {
    socket.destroy();
  }
}

/** What else a failure may be due to: a port for TLS closes a connection without it, and one without TLS waits for more. */
function otherPort({ tls }: RedisAddress, failure: unknown): string {
  if (tls) return isSilent(failure) ? '; if that port is one without TLS, use redis://' : '';
  return isCutOff(failure) ? '; if that port is one for TLS, use rediss://' : '';
}
