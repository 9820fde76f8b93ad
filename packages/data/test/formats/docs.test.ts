import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tableFormats } from '../../src/formats/registry.js';
import { databaseFormats } from '../../src/node.js';

const page = readFileSync(new URL('../../../../docs/table-formats.md', import.meta.url), 'utf8');

test('docs/table-formats.md has every format with its extensions, in order', () => {
  const lines = page.split('\n').filter((line) => /^\| [^|]+ \| `\./.test(line));
  const listed = lines.map((line) => line.split(' | ').slice(0, 2).join(' | '));
  const wanted = [...tableFormats, ...databaseFormats].map(
    ({ name, extensions }) => `| ${name} | ${extensions.map((extension) => `\`${extension}\``).join(', ')}`,
  );
  expect(listed).toEqual(wanted);
});
