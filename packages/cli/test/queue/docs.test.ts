import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { hasRedis, startRedis } from '../../../queue/test/redis-server.js';
import { workspace } from '../workspace.js';

const page = readFileSync(new URL('../../../../docs/many-machines.md', import.meta.url), 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1] as string;
const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
const here = workspace();
afterAll(() => here.remove());

test.skipIf(!hasRedis)('the commands of docs/many-machines.md compare by a queue', async () => {
  const redis = await startRedis();
  const commands = block('sh')
    .split('\n')
    .filter((line) => line.startsWith('npx lrfind '))
    .map((line) =>
      line.replace('npx lrfind', `"${process.execPath}" "${bin}"`).replace('redis://127.0.0.1', redis.url),
    );
  expect(commands).toHaveLength(3);
  // The worker is in the background.
  const script = `trap 'kill -9 $worker' EXIT\n${commands[0]}\nworker=$!\n${commands.slice(1).join('\n')}`;
  const env = { ...process.env, LRFIND_CACHE: here.path('cache') };
  const { stdout, stderr, status } = spawnSync('sh', ['-ec', script], {
    ...{ cwd: here.path('.'), env, encoding: 'utf8', timeout: 250_000 },
    // A worker that is killed leaves processes for a second, which would hold a pipe open.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote comparison.json')]);
  expect(existsSync(here.path('comparison.json'))).toBe(true);
  expect(stdout).toMatch(/: 0 wait, 0 run, 9 done, 0 failed/);
  await redis.remove();
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test.skipIf(!hasSystemd)('the unit of docs/many-machines.md is one that systemd takes', () => {
  // It also looks whether the program is there.
  const unit = block('ini').replace('/usr/bin/npx', process.execPath);
  const path = here.put('lrfind-worker.service', unit);
  expect(execFileSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })).toBe('');
});
