import { readFileSync } from 'node:fs';
import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { allowed } from '../../src/options.js';
import type { ForeignTable } from '../../src/schedules/from/foreign.js';
import { huggingfaceSchedules } from '../../src/schedules/from/huggingface.js';
import { kerasSchedules } from '../../src/schedules/from/keras.js';
import { optaxSchedules } from '../../src/schedules/from/optax.js';
import { pytorchSchedules } from '../../src/schedules/from/pytorch.js';
import { timmSchedules } from '../../src/schedules/from/timm.js';
import { scheduleKinds, scheduleNamed } from '../../src/schedules/registry.js';

const page = readFileSync(new URL('../../../../docs/schedules.md', import.meta.url), 'utf8');

/** What stands under the heading, up to the next one of any level. */
const section = (title: string) => page.split(/^##+ /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
/** The rows of a section's tables, without their heads. */
const rows = (title: string) => section(title).match(/^\| \[?`.*$/gm) ?? [];

test('docs/schedules.md lists every kind in the order of the table, with its summary', () => {
  expect(rows('Kinds')).toEqual(scheduleKinds.map(({ name, summary }) => `| [\`${name}\`](#${name}) | ${summary} |`));
});

test.each(scheduleKinds)('docs/schedules.md has the formula and every parameter of $name', ({ name, parameters }) => {
  const declared = Object.entries(parameters.properties as Record<string, TSchema>).map(([parameter, schema]) => {
    const { default: initial, description } = schema as { default?: unknown; description?: string };
    const needed = (parameters.required as readonly string[]).includes(parameter) ? 'required' : '–';
    return `| \`${parameter}\` | ${initial ?? needed} | ${allowed(schema)} | ${description} |`;
  });
  expect(rows(name)).toEqual(declared);
  expect(section(name)).toMatch(/^ {4}\S/m);
});

describe.each<[string, ForeignTable]>([
  ['Keras', kerasSchedules],
  ['PyTorch', pytorchSchedules],
  ['optax', optaxSchedules],
  ['Hugging Face', huggingfaceSchedules],
  ['timm', timmSchedules],
])('docs/schedules.md on %s', (library, table) => {
  const rowOf = (name: string) => rows(library).filter((row) => row.startsWith(`| \`${name}\` |`));

  test.each(Object.entries(table))('has one row of %s, or says why it is refused', (name, kind) => {
    expect(rowOf(name)).toHaveLength(1);
    if (typeof kind === 'string') expect(rowOf(name)[0]).toContain(`| refused: ${kind} |`);
  });

  test('names every parameter that is taken', () => {
    const kinds = Object.values(table).filter((kind) => typeof kind !== 'string');
    const taken = new Set(kinds.flatMap(({ parameters }) => Object.keys(parameters.properties)));
    const words = new Set(section(library).match(/\w+/g));
    expect([...taken].filter((parameter) => !words.has(parameter))).toEqual([]);
  });

  test('says by kinds and parameters that exist what each is here', () => {
    const here = rows(library).map((row) => row.split('|')[2]);
    for (const [, name, given] of here.join().matchAll(/(?<!\w)([a-z]+(?:-[a-z]+)*)\(([^()`]*)/g)) {
      const known = Object.keys(scheduleNamed(name as string).parameters.properties);
      for (const [, parameter] of (given as string).matchAll(/(\w+)=/g)) expect(known).toContain(parameter);
    }
  });
});
