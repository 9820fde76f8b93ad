import { describe, expect, test } from 'vitest';
import { callbackText, comparedCallback, makeCallback } from '../../src/callbacks/compared-callback.js';
import { parseCallback } from '../../src/callbacks/parse-callback.js';
import { callbackKinds } from '../../src/callbacks/registry.js';

const configOf = (callback: object) => (callback as { config: object }).config;

/** Options that all differ from their defaults, for each kind that may stand in a comparison. */
const unusual: Record<string, Record<string, unknown>[]> = {
  warmUp: [{ steps: 7, startFactor: 0.25 }],
  reduceLROnPlateau: [
    { monitor: 'loss', factor: 0.3, patience: 2, mode: 'max', minDelta: 1e-7, cooldown: 3, minLr: 1e-6 },
    { rules: 'pytorch', threshold: 0.01, thresholdMode: 'abs', eps: 0 },
  ],
  earlyStopping: [
    {
      monitor: 'accuracy',
      minDelta: 0.1,
      patience: 3,
      mode: 'min',
      baseline: -1.5,
      restoreBestWeights: true,
      startFromEpoch: 2,
    },
  ],
};

test('every kind says how it stands in a comparison, and those that do have a text form', () => {
  const compared = callbackKinds.filter(({ compared: how }) => typeof how !== 'string');
  expect(compared.map(({ name }) => name).sort()).toEqual(Object.keys(unusual).sort());
  for (const { text } of compared) expect(text).toBeDefined();
});

describe.each(Object.keys(unusual))('%s', (name) => {
  test.each(unusual[name] as object[])('is the same from its JSON, its text and an instance: %j', (options) => {
    const config = comparedCallback({ name, ...options }, 'callbacks');
    expect(config).toEqual({ name, ...options });
    const made = makeCallback(config);
    for (const spec of [callbackText(config), made, JSON.parse(JSON.stringify(config))])
      expect(comparedCallback(spec, 'callbacks')).toEqual(config);
    expect(configOf(parseCallback(callbackText(config)))).toEqual(configOf(made));
  });

  test('has every option that is not for printing among them', () => {
    const { text } = callbackKinds.find((kind) => kind.name === name) as (typeof callbackKinds)[0];
    const given = new Set(unusual[name]?.flatMap((options) => Object.keys(options)));
    expect([...given].sort()).toEqual(
      Object.keys(text?.parameters.properties ?? {})
        .filter((option) => option !== 'verbose')
        .sort(),
    );
  });

  test('keeps no option that has its default', () => {
    const { text } = callbackKinds.find((kind) => kind.name === name) as (typeof callbackKinds)[0];
    const needed = name === 'warmUp' ? { steps: 3 } : {};
    expect(comparedCallback(text?.make(needed) as never, 'callbacks')).toEqual({ name, ...needed });
  });
});
