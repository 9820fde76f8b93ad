import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import { findRate } from '../../src/loop/find-rate.js';
import type { LoopOptions, LoopStepEvent, LoopTryEvent } from '../../src/loop/loop-options.js';
import type { SweepResult } from '../../src/results/sweep.js';
import { analyse } from '../../src/sweep/analyse.js';
import { sweepRates } from '../../src/sweep/rates.js';
import { suggestionMethods } from '../../src/sweep/suggest/registry.js';
import { toyLoop } from './toy-loop.js';

const schema = JSON.parse(readFileSync(new URL('../../sweep.schema.json', import.meta.url), 'utf8'));
const isSweep = new Ajv({ strict: false }).compile(schema);
const few = { startLr: 1e-4, endLr: 100, steps: 60, repeats: 3 } as const;

describe('the search', () => {
  test('finds a rate at which the loop trains well, and its result is a valid sweep', async () => {
    const loop = toyLoop();
    const result = await findRate(loop.step, { reset: loop.reset, ...few, optimizer: 'sgd' });
    expect(isSweep(JSON.parse(JSON.stringify(result))), JSON.stringify(isSweep.errors)).toBe(true);
    const rate = result.suggestion?.learningRate as number;
    const after = (at: number) => {
      loop.reset(7);
      for (let i = 0; i < 60; i++) loop.step(at);
      return loop.evaluate();
    };
    // A tenth of the rate leaves most of the error, and ten times the rate diverges.
    expect(after(rate)).toBeLessThan(0.05);
    expect(after(rate / 10)).toBeGreaterThan(2 * after(rate));
    expect(after(rate * 10)).toBeGreaterThan(2 * after(rate));
    expect(result.setup).toMatchObject({ model: 'loop', parameters: null, rows: null, weights: null });
    expect(result.environment).toMatchObject({ backend: 'loop', tfjs: null });
  });

  test('resets with each seed before its sweep, and with the first seed at the end', async () => {
    const loop = toyLoop();
    await findRate(loop.step, { reset: loop.reset, ...few, seed: 4 });
    expect(loop.calls).toEqual(['reset 4', 'reset 5', 'reset 6', 'reset 4']);
    const found = loop.weights();
    loop.reset(4);
    expect(loop.weights()).toEqual(found);
  });

  test('takes rates of float32 from the first to the last', async () => {
    const rates: number[] = [];
    await findRate((rate) => rates.push(rate), { reset: () => {}, ...few, repeats: 1 });
    expect(rates).toEqual(sweepRates(1e-4, 100, 60, 'geometric').slice(0, rates.length));
  });

  test('its conclusions are those of the analysis of its losses', async () => {
    const loop = toyLoop();
    const result = await findRate(loop.step, { reset: loop.reset, ...few, optimizer: 'adam' });
    const rates = sweepRates(1e-4, 100, 60, 'geometric');
    const conclusions = analyse(rates, result.sweeps, suggestionMethods, { averaging: true, usualRate: 0.003 });
    expect(result).toMatchObject(conclusions);
  });

  test('a loop that returns promises gives the same result as one that does not', async () => {
    const [one, other] = [toyLoop(), toyLoop()];
    const plain = await findRate(one.step, { reset: one.reset, ...few });
    const promised = await findRate(async (rate) => other.step(rate), {
      reset: async (seed) => other.reset(seed),
      ...few,
    });
    expect(promised.sweeps).toEqual(plain.sweeps);
    expect(promised.suggestion).toEqual(plain.suggestion);
  });

  test('the range moves until the loss falls and diverges within it', async () => {
    const loop = toyLoop();
    const options = { ...few, startLr: 1e-9, endLr: 1e-6, steps: 40, range: 'auto' } as const;
    const { setup, suggestion } = await findRate(loop.step, { reset: loop.reset, ...options, optimizer: 'sgd' });
    expect(setup.notes.join()).toMatch(/^range: moved /);
    expect(suggestion?.learningRate).toBeGreaterThan(0.01);
  });

  test('a sweep ends where its loss diverges', async () => {
    const loop = toyLoop();
    const { sweeps } = await findRate(loop.step, { reset: loop.reset, ...few });
    for (const { stopped, points } of sweeps) {
      expect(stopped).toBe('diverged');
      expect(points.length).toBeLessThan(60);
    }
  });

  test('onStep hears of every step in order', async () => {
    const loop = toyLoop();
    const heard: LoopStepEvent[] = [];
    const { sweeps } = await findRate(loop.step, { reset: loop.reset, ...few, onStep: (event) => heard.push(event) });
    const points = sweeps.flatMap(({ seed, points }) => points.map((point) => ({ ...point, seed })));
    expect(heard.map(({ step, rate, loss, seed }) => ({ step, rate, loss, seed }))).toEqual(points);
    expect(heard.at(-1)).toMatchObject({ repeat: 2, repeats: 3, steps: 60 });
  });
});

describe('the answer is tried', () => {
  test('by the loop’s own evaluation, each training from a reset on', async () => {
    const loop = toyLoop();
    const events: LoopTryEvent[] = [];
    const result = await findRate(loop.step, {
      ...{ reset: loop.reset, evaluate: loop.evaluate, ...few, optimizer: 'sgd', verify: 600, trainingSteps: 2000 },
      onTry: (event) => events.push(event),
    });
    expect(isSweep(JSON.parse(JSON.stringify(result))), JSON.stringify(isSweep.errors)).toBe(true);
    const { verification, suggestion } = result;
    expect(suggestion).toMatchObject({ method: 'trainings', learningRate: verification?.learningRate });
    expect(verification).toMatchObject({ length: 46, target: 2000 });
    expect(verification).not.toHaveProperty('comparedBy');
    const trainings = verification?.tried.flatMap(({ rate, trainings }) =>
      trainings.map((each) => ({ rate, ...each })),
    );
    for (const { rate, seed, evaluations } of trainings ?? []) {
      loop.reset(seed);
      for (let step = 1; step <= (evaluations.at(-1)?.step ?? 0); step++) {
        loop.step(rate);
        const measured = evaluations.find((each) => each.step === step);
        if (measured) expect(measured.validation?.loss).toBe(loop.evaluate());
      }
    }
    expect(new Set(events.map(({ rate }) => rate))).toEqual(new Set(verification?.tried.map(({ rate }) => rate)));
  });

  test('by the losses of its last batches where it has no evaluation, which the result says', async () => {
    const loop = toyLoop();
    const options = { ...few, optimizer: 'sgd', verify: true } as const;
    const { verification } = await findRate(loop.step, { reset: loop.reset, ...options });
    expect(verification?.comparedBy).toBe('batches');
    const training = verification?.tried[2]?.trainings[0];
    loop.reset(training?.seed as number);
    const losses = Array.from({ length: verification?.length as number }, () =>
      loop.step(verification?.tried[2]?.rate as number),
    );
    const step = training?.evaluations[0]?.step as number;
    const last = losses.slice(0, step).slice(-10);
    expect(training?.evaluations[0]?.validation?.loss).toBeCloseTo(last.reduce((a, b) => a + b) / last.length, 12);
  });

  test('calls never overlap', async () => {
    const loop = toyLoop();
    let running = 0;
    const alone = async <Value>(answer: () => Value) => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      return answer();
    };
    await findRate((rate) => alone(() => loop.step(rate)), {
      ...{ reset: (seed) => alone(() => loop.reset(seed)), evaluate: () => alone(loop.evaluate) },
      ...{ ...few, optimizer: 'sgd', verify: true },
    });
  });

  test('nothing is tried where the sweeps have no answer', async () => {
    const { suggestion, verification } = await findRate(() => 1, { reset: () => {}, ...few, verify: true });
    expect([suggestion, verification]).toEqual([null, null]);
  });
});

describe('a loop that cannot be searched', () => {
  const bad = (step: unknown, options: object = {}): Promise<SweepResult> =>
    findRate(step as () => number, { reset: () => {}, ...few, ...options } as LoopOptions);

  const one = (): number => 1;

  test('NaN at once is an answer: no rate, and why', async () => {
    const { suggestion, reason, sweeps } = await bad(() => Number.NaN);
    expect(suggestion).toBeNull();
    expect(reason).toMatch(/^the loss was not finite from the first step on/);
    expect(sweeps.map(({ points, stopped }) => [points.length, stopped])).toEqual(Array(3).fill([1, 'not-finite']));
  });

  test.each([
    [
      'a text',
      () => '0.5',
      'step must return a loss, a number or a promise of one; got "0.5" at step 1 (rate 1e-4, seed 0)',
    ],
    [
      'nothing',
      () => {},
      'step must return a loss, a number or a promise of one; got undefined at step 1 (rate 1e-4, seed 0)',
    ],
    [
      'null',
      async () => null,
      'step must return a loss, a number or a promise of one; got null at step 1 (rate 1e-4, seed 0)',
    ],
    [
      'an object',
      () => new Float32Array(1),
      'step must return a loss, a number or a promise of one; got an instance of Float32Array at step 1 (rate 1e-4, seed 0)',
    ],
  ])('%s in place of a loss is refused, with its step', async (_, step, message) => {
    await expect(bad(step)).rejects.toThrow(new InputError(message));
  });

  test.each([
    [
      'no function',
      [3],
      'step must be a function of a rate and a seed that trains one batch and returns its loss; got 3',
    ],
    [
      'no reset',
      [one, { reset: undefined }],
      'reset must be a function of a seed that puts weights, optimizer and data order back; got undefined',
    ],
    [
      'a wrong number of steps',
      [one, { steps: 1 }],
      'steps must be a whole number at least 2 and at most 10000; got 1',
    ],
    ['a wrong word', [one, { spacing: 'log' }], 'spacing must be one of geometric, linear; got "log"'],
    ['a range that falls', [one, { startLr: 1, endLr: 0.1 }], 'startLr must be below endLr; got 1 and 0.1'],
    [
      'too few steps to try',
      [one, { verify: 5 }],
      'verify must be true, false, a whole number of steps at least 20, or seconds such as 20s; got 5',
    ],
    [
      'an unknown method',
      [one, { suggest: ['best'] }],
      'suggest must be one of descent, steep, minimum, valley, slide; got "best"',
    ],
    ['an unknown option', [one, { step: 5 }], 'unknown option step; did you mean steps?'],
    ['an unknown optimizer', [one, { optimizer: 'adm' }], 'did you mean adam?'],
    [
      'an optimizer without what is to be known',
      [one, { optimizer: { name: 'own' } }],
      'optimizer.averaging must be true or false; got undefined',
    ],
  ] as const)('%s is refused before the first step', async (_, [step, options], message) => {
    const counted = vi.fn();
    const called = typeof step === 'function' ? counted : step;
    await expect(bad(called, options)).rejects.toThrow(message);
    expect(counted).not.toHaveBeenCalled();
  });

  test('what the loop throws comes out as it is, after a reset', async () => {
    const failure = new Error('out of memory');
    const reset = vi.fn();
    const step = (rate: number) => {
      if (rate > 1e-3) throw failure;
      return 1;
    };
    await expect(bad(step, { reset, seed: 9 })).rejects.toBe(failure);
    expect(reset.mock.calls).toEqual([[9], [9]]);
    const failing = vi.fn(() => {
      throw new Error('cannot be put back');
    });
    await expect(
      bad(() => Promise.reject(failure), {
        reset: vi
          .fn()
          .mockImplementationOnce(() => {})
          .mockImplementation(failing),
      }),
    ).rejects.toBe(failure);
    expect(failing).toHaveBeenCalledOnce();
  });

  test('a step that never returns is left when the signal is aborted, and the loop is not called again', async () => {
    const stop = new AbortController();
    const reset = vi.fn();
    const search = bad(() => new Promise(() => {}), { reset, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 5);
    await expect(search).rejects.toThrow('enough');
    expect(reset).toHaveBeenCalledOnce();
  });

  test('a signal that is aborted between two steps ends the search, and the loop is put back', async () => {
    const stop = new AbortController();
    const loop = toyLoop();
    const onStep = ({ step, repeat }: LoopStepEvent) => {
      if (repeat === 1 && step === 3) stop.abort(new Error('enough'));
    };
    await expect(findRate(loop.step, { reset: loop.reset, ...few, onStep, signal: stop.signal })).rejects.toThrow(
      'enough',
    );
    expect(loop.calls).toEqual(['reset 0', 'reset 1', 'reset 0']);
    await expect(findRate(loop.step, { reset: loop.reset, signal: stop.signal })).rejects.toThrow('enough');
    expect(loop.calls).toHaveLength(3);
  });

  test('a loss beyond float32 counts as not finite, so that every result can be stored', async () => {
    const { sweeps } = await bad((rate: number) => (rate > 1 ? 1e300 : 1));
    expect(sweeps[0]?.points.at(-1)?.loss).toBeNull();
    expect(sweeps[0]?.stopped).toBe('not-finite');
  });
});
