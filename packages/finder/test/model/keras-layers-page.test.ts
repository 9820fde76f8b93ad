import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusedClasses } from '../../src/model/layers/refused-classes.js';
import { kerasLayers } from '../../src/model/layers/table.js';

const PAGE = new URL('../../../../docs/keras-layers.md', import.meta.url);

/** Classes that TensorFlow.js lacks, so that lrfind's are the only ones. */
const isOwn = (name: string) => kerasLayers[name]?.classes?.length !== undefined;

function table(): string {
  const rows = Object.entries(kerasLayers).map(([name, { required = {}, optional = {}, note }]) => {
    const options = [...Object.keys(required).map((each) => `**${each}**`), ...Object.keys(optional)];
    return `| ${name} | ${options.join(', ')} | ${isOwn(name) ? 'lrfind' : 'TensorFlow.js'}${note ? `; ${note({})}` : ''} |`;
  });
  return ['| class | parameters (**required**) | built by |', '| --- | --- | --- |', ...rows].join('\n');
}

const refused = () =>
  Object.entries(refusedClasses)
    .map(([name, reason]) => `- \`${name}\`: ${reason}.`)
    .join('\n');

test('the page lists every class of the table, and every one that is refused', () => {
  const page = readFileSync(PAGE, 'utf8');
  const written = page
    .replace(/<!-- layers -->[\s\S]*<!-- \/layers -->/, () => `<!-- layers -->\n${table()}\n<!-- /layers -->`)
    .replace(/<!-- refused -->[\s\S]*<!-- \/refused -->/, () => `<!-- refused -->\n${refused()}\n<!-- /refused -->`);
  if (process.env.LRFIND_WRITE) writeFileSync(PAGE, written);
  expect(written).toBe(process.env.LRFIND_WRITE ? written : page);
});
