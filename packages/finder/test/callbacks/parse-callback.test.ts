import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { TSchema } from 'typebox';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCallback } from '../../src/callbacks/parse-callback.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { callbackKinds } from '../../src/callbacks/registry.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';
import { messageOf } from '../message-of.js';
import { bits, fit, smallModel } from './small-fit.js';

beforeAll(() => useBackend('wasm'));
beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));

const forms = callbackKinds.flatMap(({ name, options, text }) => (text ? [{ kind: name, options, ...text }] : []));

/** A value that an option may have, other than its default where that is possible. */
function sample(schema: TSchema): string {
  const {
    type,
    enum: words,
    default: value,
    minimum = 0,
  } = schema as unknown as {
    type: string;
    enum?: string[];
    default?: unknown;
    minimum?: number;
  };
  if (words) return words.find((word) => word !== value) as string;
  if (type === 'boolean') return String(!value);
  if (type === 'integer') return String(minimum + 2);
  return type === 'number' ? '0.5' : 'loss';
}

/** Options that are only allowed together with others. */
const together: Record<string, string> = {
  threshold: 'rules=pytorch',
  thresholdMode: 'rules=pytorch',
  eps: 'rules=pytorch',
};

describe.each(forms)('$name', ({ name, kind, options, parameters }) => {
  const needed = (parameters.required ?? []).filter(
    (option) => (parameters.properties[option] as { default?: unknown }).default === undefined,
  );
  const least = needed.map((option) => `${option}=${sample(parameters.properties[option] as TSchema)}`);

  test('is the name of the function in words', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(name.replaceAll('-', '')).toBe(kind.toLowerCase());
  });

  test('takes every option of the function, and none but what the function is given beside them', () => {
    expect(Object.keys(parameters.properties)).toEqual(expect.arrayContaining(Object.keys(options.properties)));
    for (const option of Object.keys(parameters.properties))
      if (!(option in options.properties)) expect(needed).toContain(option);
  });

  test.each(Object.keys(parameters.properties))('takes %s by its name', (option) => {
    const given = `${option}=${sample(parameters.properties[option] as TSchema)}`;
    const others = least.filter((each) => !each.startsWith(`${option}=`)).concat(together[option] ?? []);
    const made = parseCallback(`${name}(${[given, ...others].join(', ')})`);
    expect(typeof made.setModel).toBe('function');
  });

  test('refuses an option that it does not have, with a mark under its place', () => {
    const text = `${name}(${[...least, 'nothing=1'].join(', ')})`;
    const message = messageOf(() => parseCallback(text));
    expect(message).toMatch(new RegExp(`^unknown option ${name}.nothing`));
    const [, shown, mark] = message.split('\n');
    expect(shown).toBe(`  ${text}`);
    expect(mark?.indexOf('^')).toBe(2 + text.indexOf('nothing'));
  });

  test('is found whatever its case and marks', () => {
    for (const spelling of [name.toUpperCase(), name.replaceAll('-', '_'), kind]) {
      const text = least.length > 0 ? `${spelling}(${least.join(', ')})` : spelling;
      expect(typeof parseCallback(text).setModel).toBe('function');
    }
  });
});

describe('what was parsed does what the function’s does', () => {
  const rateAfter = async (callback: Callback, epochs: number) => {
    const model = smallModel(tf.train.sgd(0.5));
    await fit(model, { epochs, callbacks: [callback] });
    return { rate: learningRateOf(model.optimizer), bits: bits(model) };
  };

  test('a plateau with numbers, words and truths', async () => {
    const text = 'reduce-lr-on-plateau(monitor=loss, mode=max, patience=1, factor=0.5, minDelta=1e2, verbose=true)';
    const options = { monitor: 'loss', mode: 'max', patience: 1, factor: 0.5, minDelta: 100 } as const;
    const parsed = await rateAfter(parseCallback(text), 4);
    expect(parsed).toEqual(await rateAfter(reduceLROnPlateau(options), 4));
    expect(parsed.rate).toBe(0.5 ** 4);
    expect(console.log).toHaveBeenCalledWith('Epoch 2: learning rate reduced to 0.25');
  });

  test('a warm-up, its steps without a name', async () => {
    const given = await rateAfter(warmUp(7, { startFactor: 0.25 }), 1);
    for (const text of [
      'warm-up(7, startFactor=0.25)',
      'warm-up(startFactor=0.25, steps=7)',
      ' warm-up ( 7 ,startFactor = .25 ) ',
    ])
      expect(await rateAfter(parseCallback(text), 1)).toEqual(given);
    expect((await rateAfter(parseCallback('warm-up(8)'), 1)).bits).not.toBe(given.bits);
  });
});

/** The text of a message about a place, with the mark in it. */
const at = (message: string, text: string, place: number) => `${message}\n  ${text}\n  ${' '.repeat(place)}^`;

test.each<[text: string, message: string | RegExp, place: number]>([
  [
    'early-stoping',
    'unknown callback "early-stoping"; did you mean early-stopping? Callbacks: warm-up, reduce-lr-on-plateau, learning-rate-monitor, terminate-on-nan, early-stopping',
    0,
  ],
  ['  stop(3)', /^unknown callback "stop"; Callbacks: warm-up, /, 2],
  ['7', 'expected the name of a callback', 0],
  ['[early-stopping]', 'expected the name of a callback', 0],
  ['', /^expected a number, a name or a list; the text ends/, 0],
  ['early-stopping(', /^expected a number, a name or a list; the text ends|^expected/, 15],
  ['early-stopping(patience=3', /; the text ends/, 25],
  ['early-stopping(patience=3) x', 'expected the end; got x', 27],
  ['early-stopping(patience=-1)', 'early-stopping.patience must be a whole number at least 0; got -1', 15],
  ['early-stopping(patience=much)', 'early-stopping.patience must be a whole number at least 0; got "much"', 15],
  ['early-stopping(mode=up)', 'early-stopping.mode must be one of auto, min, max; got "up"', 15],
  ['early-stopping(restoreBestWeights=1)', 'early-stopping.restoreBestWeights must be true or false; got 1', 15],
  [
    'early-stopping(patience=3, patiense=4)',
    /^unknown option early-stopping.patiense; did you mean early-stopping.patience\?/,
    27,
  ],
  ['early-stopping(loss, 3)', 'expected the name of an option, as in monitor=…', 21],
  ['early-stopping(monitor=[loss])', 'expected a number, a name, true or false', 23],
  [
    'early-stopping(monitor=f1)',
    /^mode must be 'min' or 'max' for a metric of unknown direction; got 'auto' for "f1"/,
    0,
  ],
  ['warm-up', 'warm-up needs steps', 0],
  ['warm-up(startFactor=0.5)', 'warm-up needs steps', 0],
  ['warm-up(0)', 'warm-up.steps must be a whole number at least 1; got 0', 8],
  ['warm-up(5, startFactor=2)', 'warm-up.startFactor must be a number at least 0 and at most 1; got 2', 11],
  ['reduce-lr-on-plateau(threshold=0.1)', /^threshold must be left out with the rules of keras/, 0],
  ['learning-rate-scheduler(0.1)', /^unknown callback "learning-rate-scheduler"/, 0],
])('%j is refused, with a mark under the place', (text, message, place) => {
  const thrown = messageOf(() => parseCallback(text));
  if (typeof message === 'string') expect(thrown).toBe(at(message, text, place));
  else {
    expect(thrown).toMatch(message);
    expect(thrown.endsWith(at('', text, place))).toBe(true);
  }
});
