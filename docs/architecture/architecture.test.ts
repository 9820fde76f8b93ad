import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { drawn } from './draw.js';
import { folderImports, layers, packageImports, packageNames, readSource, sourcesOf } from './imports.js';

const page = readFileSync(fileURLToPath(new URL('../architecture.md', import.meta.url)), 'utf8');

test('the drawings of architecture.md are those of the imports; docs/architecture/draw.js draws them again', () => {
  expect(page).toBe(drawn(page));
});

test('packages import each other in one direction', () => {
  expect(layers(packageNames, packageImports()).flat()).toHaveLength(packageNames.length);
});

test.each(packageNames)('the folders of packages/%s import each other in one direction', (name) => {
  const imports = folderImports(name);
  const folders = [...new Set(imports.flatMap(({ from, to }) => [from, to]))];
  expect(layers(folders, imports).flat()).toHaveLength(folders.length);
});

test('layers refuses a cycle', () => {
  const cycle = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
  ];
  expect(() => layers(['a', 'b'], cycle)).toThrow('a, b import each other');
});

/** Source without comments, so that only code counts. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

describe('what "How to add something" lists is all that mentions its example', () => {
  const section = page.split('\n## How to add something\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| (an? [^|]+) \| (.+) \| `(\w+)` \|$/gm)].map(
    ([, what = '', files = '', example = '']) =>
      [what, example, [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file as string)] as const,
  );

  test('which are ten kinds of things', () => {
    expect(rows).toHaveLength(10);
  });

  test.each(rows)('%s: %s', (_, example, files) => {
    const word = new RegExp(`\\b${example}\\b`);
    const mentions = packageNames.flatMap((name) =>
      sourcesOf(name)
        .filter((file) => word.test(code(readSource(name, file))))
        .map((file) => `packages/${name}/src/${file}`),
    );
    expect(mentions.toSorted()).toEqual(files.toSorted());
  });
});
