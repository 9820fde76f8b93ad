import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readerNames } from './names.js';

const program = fileURLToPath(new URL('run.js', import.meta.url));

/** In a process of its own, because no test can end an endless loop in its own. */
const fuzz = (...argv: string[]) =>
  promisify(execFile)(process.execPath, [program, ...argv]).catch(
    (error) => error as { stdout: string; stderr: string },
  );

/** Cases that take longer are fewer here. */
const fewer: Readonly<Record<string, number>> = { keras: 40, weights: 30, formats: 60 };

test.each(readerNames.map((name) => [name, fewer[name] ?? 100] as const))(
  'every damaged document is read, or refused with one message: %s',
  async (name, cases) => {
    const { stdout, stderr } = await fuzz('--seed', '1', '--cases', `${cases}`, '--reader', name);
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^${name}: ${cases} cases, 0 failed, \\d+ s\\n$`));
  },
);

test('an unknown reader is refused rather than passed', async () => {
  const { stdout, stderr } = await fuzz('--cases', '1', '--reader', 'modles');
  expect(stdout).toBe('');
  expect(stderr).toContain(
    'the reader must be one of models, keras, weights, tables, formats, results, journals, schedules; got "modles"',
  );
});
