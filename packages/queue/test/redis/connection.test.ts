import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { redisAddress } from '../../src/redis/address.js';
import { checkRedis } from '../../src/redis/connection.js';
import { freePort, hasRedis, type RedisServer, startRedis } from '../redis-server.js';

describe.skipIf(!hasRedis)('a Redis that cannot hold a queue is refused with what is wrong:', () => {
  const started: RedisServer[] = [];
  const begin = async (...options: string[]) => {
    const server = await startRedis(...options);
    started.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of started.splice(0)) await server.remove();
  });
  const refused = async (url: string) => {
    const error = await checkRedis(redisAddress(url, '--queue')).then(
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
      'Redis at HOST asks for a password: give one in the URL, between :// and the host, as :password@',
    );
    await ask('ACL', 'SETUSER', 'guest', 'on', '>guest', '~*', '+@read', '+info', '+@connection');
    expect(await refused(`redis://guest:guest@127.0.0.1:${port}`)).toBe(
      "Redis at HOST does not let this user do what a queue needs: allow it all commands on keys that begin with 'lrfind:'",
    );
    await checkRedis(redisAddress(url, '--queue'));
  });

  test('it is full', async () => {
    const { url } = await begin('--maxmemory', '100kb');
    expect(await refused(url)).toBe(
      'Redis at HOST is full (maxmemory): give it more memory, or let workers take what waits, and go on with --resume',
    );
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
      "Redis at HOST cannot save to its disk, and so takes nothing: look at its log and its disk's free space, and go on with --resume",
    );
  });
});
