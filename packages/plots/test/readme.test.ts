import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as results from '@lrfind/core/results';
import { expect, test } from 'vitest';
import * as plots from '../src/index.js';
import { sampleSweep } from './sample-sweep.js';

const readme = await files.readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the README lists every chart of the table, in its order', () => {
  const rows = [...readme.matchAll(/^\| `(.+)` \| `(.+)` \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(plots.charts.map(({ name, format, summary }) => [name, format, summary]));
});

test('the example in the README works', async () => {
  const folder = await files.mkdtemp(join(tmpdir(), 'lrfind-plots-'));
  try {
    await files.writeFile(join(folder, 'sweep.json'), JSON.stringify(sampleSweep()));
    const modules: Record<string, unknown> = {
      // Its paths are relative to the reader's folder.
      'node:fs/promises': {
        readFile: (path: string, encoding: 'utf8') => files.readFile(join(folder, path), encoding),
        writeFile: (path: string, content: string) => files.writeFile(join(folder, path), content),
      },
      '@lrfind/core/results': results,
      '@lrfind/plots': plots,
    };
    const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(readme) ?? [];
    const body = code.replaceAll(/^import (\{.*\}) from '(.+)';$/gm, "const $1 = modules['$2'];");
    await new Function('modules', `return (async () => {${body}})();`)(modules);
    expect((await files.readdir(folder)).toSorted()).toEqual(['report.html', 'sweep.json', 'sweep.png', 'sweep.svg']);
  } finally {
    await files.rm(folder, { recursive: true });
  }
});
