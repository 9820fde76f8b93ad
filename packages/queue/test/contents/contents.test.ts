import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { type Content, type Contents, contentOf, MOST_IN_REDIS, openContents } from '../../src/contents/contents.js';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';

const { folder } = temporaryFiles();
const small = new TextEncoder().encode('abc');
const large = new Uint8Array(MOST_IN_REDIS + 1);

test('a content is the SHA-256 of its bytes', () => {
  // The example of FIPS 180-2, appendix B.1.
  expect(contentOf(small)).toEqual({
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    bytes: 3,
  });
});

describe.skipIf(!hasRedis)('contents', () => {
  let server: RedisServer;
  let redis: Redis;
  let web: Server;
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.port);
    // A server that takes files, as nginx's WebDAV module does.
    web = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      asked.push(`${method} ${headers.authorization}`);
      if (headers.authorization !== `Basic ${btoa('ann:p@ss')}`) return response.writeHead(401).end();
      const file = files.get(url);
      if (method === 'PUT') {
        const parts: Buffer[] = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
          files.set(url, Buffer.concat(parts));
          response.writeHead(201).end();
        });
      } else if (!file) response.writeHead(404).end();
      else if (method === 'DELETE') {
        files.delete(url);
        response.writeHead(204).end();
      } else response.writeHead(200, { 'content-length': file.length }).end(method === 'HEAD' ? undefined : file);
      return undefined;
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
  });
  afterAll(async () => {
    redis.disconnect();
    web.close();
    await server.remove();
  });

  const survives = async (contents: Contents, bytes: Uint8Array, damage: (content: Content) => unknown) => {
    const content = await contents.put(bytes);
    expect(content).toEqual(contentOf(bytes));
    expect(Buffer.compare((await contents.get(content)) as Uint8Array, bytes)).toBe(0);
    await damage(content);
    // Neither what is wrong nor what is missing is given.
    expect(await contents.get(content)).toBeNull();
    await contents.put(bytes, { again: true });
    expect(Buffer.compare((await contents.get(content)) as Uint8Array, bytes)).toBe(0);
    await contents.remove(content);
    expect(await contents.get(content)).toBeNull();
  };

  test('small ones are in Redis for a week, and checked', async () => {
    const contents = openContents(redis, undefined);
    const { sha256 } = await contents.put(small);
    const seconds = await redis.ttl(`lrfind:content:${sha256}`);
    expect(seconds).toBeGreaterThan(7 * 86_400 - 60);
    expect(seconds).toBeLessThanOrEqual(7 * 86_400);
    await survives(contents, small, (content) => redis.set(`lrfind:content:${content.sha256}`, 'abd'));
  });

  test('large ones need something shared', async () => {
    await expect(openContents(redis, undefined).put(large)).rejects.toThrow(
      '16.8 MB of model, rows or state are too many for Redis, which gets at most 16.8 MB at once: name a folder or a URL that this machine and all workers share, --shared',
    );
  });

  test('large ones are in a shared folder, complete or not at all, and checked', async () => {
    const shared = join(folder, 'shared');
    await survives(openContents(redis, shared), large, ({ sha256 }) =>
      writeFileSync(join(shared, sha256), new Uint8Array(large.length).fill(1)),
    );
    expect(readdirSync(shared)).toEqual([]);
  });

  test('large ones are under a shared URL, whose password is in no message', async () => {
    const at = `127.0.0.1:${(web.address() as AddressInfo).port}`;
    await survives(openContents(redis, `http://ann:p%40ss@${at}/lrfind`), large, ({ sha256 }) => {
      files.set(`/lrfind/${sha256}`, Buffer.from('damaged'));
    });
    expect(new Set(asked)).toEqual(
      new Set(['HEAD', 'PUT', 'GET', 'DELETE'].map((method) => `${method} Basic ${btoa('ann:p@ss')}`)),
    );
    const refused = openContents(redis, `http://ann:wrong@${at}/lrfind`).put(large);
    await expect(refused).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+\/lrfind\/[0-9a-f]+ must allow HEAD; it answers 401 Unauthorized$/,
    );
  });
});
