import { readFileSync } from 'node:fs';
import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { refusedClasses } from '../../src/model/layers/refused-classes.js';
import { kerasLayers } from '../../src/model/layers/table.js';
import { kerasLayer, translateKerasLayer } from '../../src/model/layers/translate-keras-layer.js';

/** The public names of Keras's layers: fixtures/keras-layers/names.py. */
const names = JSON.parse(
  readFileSync(new URL('../../../../fixtures/keras-layers/names.json', import.meta.url), 'utf8'),
) as readonly string[];
const refused = names.filter((name) => name !== 'InputLayer' && !kerasLayer(name));

test('there are classes without a row', () => {
  expect(names.length).toBeGreaterThan(150);
  expect(refused).toEqual(expect.arrayContaining(['Lambda', 'StringLookup', 'Hashing']));
});

test.each(refused)('%s is refused by the name of the layer and its class, with what to do', (class_name) => {
  let error: unknown;
  try {
    translateKerasLayer({ class_name, config: { name: 'mine' } }, 3, 'layer 1');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as Error;
  expect(message).toMatch(new RegExp(`^layer "mine" \\(${class_name}\\) cannot be read: `));
  expect(message).toMatch(/[:;] \w+/);
});

test('a class that has a row is not refused, and another name is of a class that has one', () => {
  for (const [name, reason] of Object.entries(refusedClasses)) {
    expect(Object.hasOwn(kerasLayers, name)).toBe(false);
    const [, other] = /another name of (\w+)/.exec(reason) ?? [];
    if (other) expect(kerasLayers).toHaveProperty(other);
  }
});
