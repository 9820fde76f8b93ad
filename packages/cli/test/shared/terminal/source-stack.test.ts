import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stackInSources } from '../../../src/shared/terminal/source-stack.js';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lrfind-stack-'));
  writeFileSync(
    join(folder, 'long-names.ts'),
    `// The first line.
export function aFunctionThatFails(): never {
  const reason: string = 'something';
  throw new Error(reason);
}
`,
  );
  const options = { bundle: true, minify: true, format: 'esm', sourcesContent: false } as const;
  const entryPoints = [join(folder, 'long-names.ts')];
  await build({ ...options, entryPoints, outfile: join(folder, 'bundle', 'mapped.js'), sourcemap: 'linked' });
  await build({ ...options, entryPoints, outfile: join(folder, 'bundle', 'unmapped.js') });
});

afterAll(() => rmSync(folder, { recursive: true }));

const url = (name: string) => pathToFileURL(join(folder, ...name.split('/'))).href;

test('a place in a bundled module becomes that in its source', () => {
  // In line 4 of the source it stands after two spaces and "throw new ".
  const stack = `Error: something\n    at a (${url('bundle/mapped.js')}:1:${columnOfError()})\n    at node:internal/x:1:1`;
  expect(stackInSources(stack)).toBe(
    `Error: something\n    at a (${url('long-names.ts')}:4:13)\n    at node:internal/x:1:1`,
  );
});

test.each(['bundle/unmapped.js', 'bundle/missing.js'])('without a source map a place stays as it is: %s', (name) => {
  const stack = `Error: something\n    at ${url(name)}:1:5`;
  expect(stackInSources(stack)).toBe(stack);
});

/** Where the minified module, one line, names the class of the error. */
function columnOfError(): number {
  const [line = ''] = readFileSync(join(folder, 'bundle', 'mapped.js'), 'utf8').split('\n');
  return 1 + line.indexOf('Error(');
}
