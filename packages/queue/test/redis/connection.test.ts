import { rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { redisAddress } from '../../src/redis/address.js';
import { checkRedis, redisConnection } from '../../src/redis/connection.js';
import { freePort, hasRedis, type RedisServer, startRedis } from '../redis-server.js';

describe.skipIf(!hasRedis)('a Redis that cannot hold a queue is refused with what is wrong:', () => {
  const started: RedisServer[] = [];
  const servers: Server[] = [];
  const listening = async (server: Server): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  /** A server that answers commands with what it is given, and all others with OK. */
  const answering = (answers: Readonly<Record<string, string>>) =>
    createServer((socket) => {
      socket.setEncoding('latin1').on('data', (text: string) => {
        for (const command of text.split(/^\*\d+\r\n/m).filter(Boolean))
          socket.write(answers[command.split('\r\n')[1]?.toLowerCase() ?? ''] ?? '+OK\r\n');
      });
    });
  const begin = async (...options: string[]) => {
    const server = await startRedis(...options);
    started.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of started.splice(0)) await server.remove();
    for (const server of servers.splice(0)) server.close();
  });
  const refused = async (url: string) => {
    const error = await checkRedis(redisAddress(url, '--queue'), 1000).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.name).toBe('InputError');
    return error?.message.replace(/127\.0\.0\.1:\d+/, 'HOST');
  };

  test('nobody answers', async () => {
    expect(await refused(`redis://127.0.0.1:${await freePort()}`)).toBe('Redis at HOST does not answer: ECONNREFUSED');
  });

  test('a wrong password, none, and a user without rights', async () => {
    const { port, url, ask } = await begin('--requirepass', 'secret');
    expect(await refused(`redis://:wrong@127.0.0.1:${port}`)).toBe('Redis at HOST refuses the user or the password');
    expect(await refused(`redis://127.0.0.1:${port}`)).toBe(
      'Redis at HOST asks for a password: give one in the URL, as :password@ before the host',
    );
    await ask('ACL', 'SETUSER', 'guest', 'on', '>guest', '~*', '+@read', '+info', '+@connection');
    expect(await refused(`redis://guest:guest@127.0.0.1:${port}`)).toBe(
      "Redis at HOST does not let this user do what a queue needs: allow it all commands on keys that begin with 'lrfind:'",
    );
    await checkRedis(redisAddress(url, '--queue'));
  });

  test('it has no database of that number, which ioredis would replace by another one', async () => {
    const { url } = await begin();
    await checkRedis(redisAddress(`${url}/15`, '--queue'));
    expect(await refused(`${url}/16`)).toBe(
      'Redis at HOST/16 has no database of that number: name another one, or set databases in its configuration',
    );
  });

  test('it has no connection left, or takes none from outside', async () => {
    const { url } = await begin('--maxclients', '1');
    const holds = new Redis(url);
    holds.on('error', () => {});
    await holds.ping();
    expect(await refused(url)).toBe('Redis at HOST takes no more connections: raise its maxclients');
    holds.disconnect();
    // What Redis 7 says in protected mode, and closes the connection.
    const closing = await listening(createServer((socket) => socket.end('-DENIED Redis is running in protected mode')));
    expect(await refused(closing)).toBe(
      'Redis at HOST takes connections of its own machine alone (protected mode): give it a password',
    );
  });

  test('it is still reading its data, or too old', async () => {
    const info = (text: string) => ({ info: `$${text.length}\r\n${text}\r\n` });
    expect(await refused(await listening(answering(info('redis_version:7.0.15\r\nloading:1\r\n'))))).toBe(
      'Redis at HOST is still reading its data',
    );
    expect(await refused(await listening(answering(info('redis_version:5.0.14\r\nloading:0\r\n'))))).toBe(
      'Redis at HOST must be Redis 6.2 or later, or Valkey; got 5.0.14',
    );
  });

  test('something else is there: nobody who answers, another program, TLS or none', async () => {
    const silent = await listening(createServer(() => {}));
    expect(await refused(silent)).toBe('Redis at HOST has not answered for 1 s');
    const web = await listening(createHttpServer((_request, response) => response.end('hello')));
    expect(await refused(web)).toBe('Redis at HOST is another program: it does not answer as Redis does');
    const closing = await listening(createServer((socket) => socket.end()));
    expect(await refused(closing)).toMatch(
      /^Redis at HOST (has closed the connection|does not answer: \w+); if that port is one for TLS, use rediss:\/\/$/,
    );
    const { url } = await begin();
    expect(await refused(url.replace('redis:', 'rediss:'))).toBe(
      'Redis at HOST (TLS) does not answer: ETIMEDOUT; if that port is one without TLS, use redis://',
    );
  });

  test('it is full', async () => {
    const { url } = await begin('--maxmemory', '100kb');
    expect(await refused(url)).toBe('Redis at HOST is full (maxmemory): give it more memory');
  });

  test('it removes what it was given', async () => {
    const { url } = await begin('--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru');
    expect(await refused(url)).toBe(
      'Redis at HOST must keep what it is given, with maxmemory-policy noeviction; got allkeys-lru, by which it removes what is waited for',
    );
  });

  test('it is a replica', async () => {
    const { port } = await begin();
    const { url } = await begin('--replicaof', '127.0.0.1', String(port));
    expect(await refused(url)).toBe('Redis at HOST can only be read: it is a replica; name the Redis that it follows');
  });

  test('it cannot save to its disk', async () => {
    const { url, ask } = await begin('--appendonly', 'no', '--save', '3600 1');
    const [, folder] = (await ask('CONFIG', 'GET', 'dir')) as [string, string];
    rmSync(folder, { recursive: true });
    await ask('BGSAVE');
    while (!String(await ask('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await refused(url)).toBe(
      "Redis at HOST cannot save to its disk, and so takes nothing: look at its log and its disk's free space",
    );
  });
});

test.skipIf(!hasRedis)(
  'a connection that is ended while Redis is gone ends at once, as does what BullMQ made of it',
  async () => {
    const server = await startRedis();
    const connection = redisConnection(redisAddress(server.url, 'url'), 'test');
    const made: Redis = connection.duplicate();
    for (const each of [connection, made]) {
      each.on('error', () => {});
      await each.ping();
    }
    await server.stop();
    while (connection.status !== 'reconnecting' || made.status !== 'reconnecting')
      await new Promise((resolve) => setTimeout(resolve, 1));
    const asked = made.ping();
    connection.endForGood();
    await expect(asked).rejects.toThrow('Connection is closed');
    await server.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([connection.status, made.status]).toEqual(['end', 'end']);
    await server.remove();
  },
);
