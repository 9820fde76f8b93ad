import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stoppable } from '../../src/files/stoppable-source.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** A table whose last row is wrong, which shows only once it is read to the end. */
const faulty = () => here.put('faulty.csv', `${'a,b,y\n'}${'1,2,0\n'.repeat(50_000)}1,2\n`);
const find = (...argv: string[]) => lrfind('find', '-d', faulty(), '--steps', '10', '--no-verify', ...argv);

test('a mistake in the table is reported, although the backend and the model were opened meanwhile', async () => {
  const { code, stderr } = await find('-m', here.model, '--backend', 'wasm');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/faulty\.csv: row 50001.*must have 3 fields/)]);
});

test.each([
  ['the backend', ['--backend', 'nosuch'], /--backend/],
  ['the model', ['--backend', 'wasm', '-m', 'broken.json'], /broken\.json/],
  ['the optimizer', ['--backend', 'wasm', '--optimizer', 'adam', '--momentum', '0.5'], /momentum/],
])(
  'a mistake in %s is the one that is reported, and not that of the table, which is being read',
  async (_, argv, message) => {
    const rows = () => readdirSync(tmpdir()).filter((name) => name.endsWith('.rows'));
    const before = rows();
    const given = argv.map((word) => (word === 'broken.json' ? here.put(word, '{"modelTopology": 1}') : word));
    const { code, stderr } = await find('-m', here.model, ...given);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toContain('faulty.csv');
    expect(rows()).toEqual(before);
  },
);

test('reading ends at the next bytes after it was stopped', async () => {
  const stop = new AbortController();
  let read = 0;
  const source = stoppable(
    {
      name: 'endless',
      async *stream() {
        for (;;) yield { bytes: new Uint8Array(1), fraction: 0 };
      },
      slice: async () => new Uint8Array(),
      size: async () => 0,
      sibling: () => source,
    },
    stop.signal,
  );
  const reading = (async () => {
    for await (const { bytes } of source.stream()) {
      read += bytes.length;
      if (read === 3) stop.abort(new Error('stopped'));
    }
  })();
  await expect(reading).rejects.toThrow('stopped');
  expect(read).toBe(3);
  expect(() => source.slice(0, 1)).toThrow('stopped');
});
