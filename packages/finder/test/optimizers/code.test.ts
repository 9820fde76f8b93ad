import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';

beforeAll(() => useBackend('wasm'));

/** The optimizers of Keras 3 that have a counterpart here. */
const kerasClasses = ['SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'AdamW', 'Adamax', 'Nadam', 'Lion'].concat(
  'Muon',
  'ScheduleFreeAdamW',
);

describe.each(optimizers)('law: $name', (kind) => {
  const { code, parameters, name } = kind;
  const own = Object.keys(parameters.properties);
  const known = new Set([...own, ...Object.keys(code.implied ?? {}), ...Object.keys(code.defaults ?? {})]);

  /** Its parameters with all defaults, and each with another value of its own. */
  const variants = [{}, ...own.map((parameter) => ({ [parameter]: changed(parameter) }))].map(
    (options) => resolveOptimizer({ name, ...options }).parameters,
  );
  function changed(parameter: string): unknown {
    const { type, default: standard } = parameters.properties[parameter] as { type?: string; default?: unknown };
    if (type === 'integer') return 3;
    if (type === 'array') return ['output'];
    return type === 'boolean' ? !standard : standard === 0.5 ? 0.4 : 0.5;
  }

  test('its class in Keras is one that Keras has, and without one it has a function in optax', () => {
    if (code.keras === null) expect(code.optax).toBeDefined();
    else expect(kerasClasses).toContain(code.keras);
  });

  test('what it says of Keras and optax names its own parameters', () => {
    const named = [
      ...(code.notInKeras ?? []),
      ...(code.noneInKeras ?? []),
      ...Object.keys(code.optax?.parameters ?? {}),
    ];
    for (const parameter of named) expect(own).toContain(parameter);
  });

  test('what its name implies is none of its own parameters, since callers could contradict it', () => {
    for (const parameter of Object.keys(code.implied ?? {})) expect(own).not.toContain(parameter);
  });

  test('its code in TensorFlow.js names only its own parameters, and what its name implies or its constructor defaults', () => {
    for (const values of variants) {
      const call = code.tfjs({ ...values, ...code.implied });
      if (!call) continue;
      const named = [...call.parameters, ...(call.withoutEffect ?? [])];
      for (const parameter of named) expect(known).toContain(parameter);
      expect(new Set(named).size).toBe(named.length);
    }
  });

  test('its function in TensorFlow.js exists, and takes the parameters in that order', () => {
    for (const values of variants) {
      const all: Record<string, unknown> = { ...values, ...code.implied };
      const call = code.tfjs(all);
      if (!call) continue;
      const train = tf.train as unknown as Record<string, (...args: unknown[]) => tf.Optimizer>;
      const args = call.parameters.map((parameter) => all[parameter] ?? code.defaults?.[parameter]);
      const made = train[call.name]?.(0.25, ...args);
      const config = made?.getConfig() as Record<string, unknown>;
      expect(config.learningRate).toBeCloseTo(0.25, 6);
      for (const [i, parameter] of call.parameters.entries()) {
        // TensorFlow.js calls RMSProp's ρ "decay" and momentum's Nesterov "useNesterov".
        const read = config[{ rho: 'decay', nesterov: 'useNesterov' }[parameter] ?? parameter];
        expect(read, parameter).toEqual(args[i]);
      }
      made?.dispose();
    }
  });
});
