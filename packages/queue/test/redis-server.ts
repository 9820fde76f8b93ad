import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether Debian's redis-server is here; with LRFIND_REQUIRE_REDIS=1 its absence is an error. */
export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch (error) {
    if (process.env.LRFIND_REQUIRE_REDIS === '1')
      throw new Error('LRFIND_REQUIRE_REDIS is 1, but there is no redis-server: apt-get install redis-server', {
        cause: error,
      });
    return false;
  }
})();

/** A Redis of a test's own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it as `redis-cli shutdown` does, and starts it again on the same port and folder. */
  restart(pause?: number): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and removes its folder. */
  remove(): Promise<void>;
  /** Asks it something. */
  ask(...command: (string | number)[]): Promise<unknown>;
}

/** Starts a Redis on a port that is free. It stores each command, as docs/many-machines.md says. */
export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-redis-'));
  const port = await freePort();
  const at = options.indexOf('--requirepass');
  const password = at < 0 ? undefined : options[at + 1];
  let server: ChildProcess | undefined;
  const connected = async <Result>(use: (redis: Redis) => Promise<Result>): Promise<Result> => {
    const redis = new Redis({ port, lazyConnect: true, retryStrategy: () => null, ...(password && { password }) });
    redis.on('error', () => {});
    try {
      await redis.connect();
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  };
  const start = async (): Promise<void> => {
    const own = ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'yes', '--bind', '127.0.0.1'];
    server = spawn('redis-server', [...own, ...options], { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      try {
        await connected((redis) => redis.ping());
        return;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const ended = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server || server.exitCode !== null || server.signalCode !== null) resolve();
      else server.once('exit', () => resolve());
    });
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const over = ended();
    server?.kill(signal);
    await over;
  };
  await start();
  return {
    url: `redis://${password ? `:${password}@` : ''}127.0.0.1:${port}`,
    port,
    start,
    stop,
    async restart(pause = 0) {
      await stop();
      await new Promise((resolve) => setTimeout(resolve, pause));
      await start();
    },
    async remove() {
      // One that cannot save would not end by itself.
      await stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
    ask: (command, ...values) => connected((redis) => redis.call(String(command), ...values.map(String))),
  };
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
