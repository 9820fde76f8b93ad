import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '../src/commands.js';
import { lrfind } from './command.js';

const path = fileURLToPath(new URL('../man/lrfind.1', import.meta.url));
const page = readFileSync(path, 'utf8');

test.each(commands.map(({ name }) => name))('the manual page has every option of %s', async (name) => {
  const { stdout } = await lrfind(name, '--help');
  const section = page.split(/^\.SS /m).find((text) => text.startsWith(`lrfind ${name}`)) ?? '';
  const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag as string);
  for (const flag of flags.filter((each) => each !== '--help'))
    expect(section.replaceAll('\\-', '-')).toMatch(new RegExp(`^\\.B (-\\w, )?${flag}( |$)`, 'm'));
});

test.skipIf(spawnSync('groff', ['--version']).error !== undefined)(
  'groff sets the manual page without a warning',
  () => {
    const { status, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', path], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  },
);
