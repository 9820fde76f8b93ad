import { useBackend } from '@lrfind/backends';
import type { SweepResult } from '@lrfind/core/results';
import { analyse, suggestionMethods, sweepRates } from '@lrfind/core/sweep';
import { type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StepEvent } from '../../src/engine/search-groups.js';
import { findLearningRate } from '../../src/find.js';
import { optimizers } from '../../src/optimizers/registry.js';
import { bits, drawn, heights, points, rejection, tensorsLeft } from '../train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const options = { startLr: 1e-4, endLr: 30, steps: 40, repeats: 3, batchSize: 8, seed: 5 } as const;

/** A base of two layers, one of which has a regulariser on request, and a head. */
function make(frozen: readonly string[] = [], penalty?: number): LayersModel {
  const dense = (name: string, units: number, seed: number, extra: object = {}) =>
    layers.dense({ name, units, activation: 'tanh', kernelInitializer: drawn(seed), ...extra });
  const kernelRegularizer = penalty === undefined ? undefined : regularizers.l2({ l2: penalty });
  const base = sequential({
    name: 'base',
    layers: [
      dense('first', 5, 1, { inputShape: [2], ...(kernelRegularizer && { kernelRegularizer }) }),
      layers.dropout({ rate: 0.1 }),
      dense('second', 3, 2),
    ],
  });
  const head = layers.dense({ name: 'head', units: 1, kernelInitializer: drawn(3) });
  for (const layer of [...base.layers, head]) if (frozen.includes(layer.name)) layer.trainable = false;
  return sequential({ name: 'tuned', layers: [layers.inputLayer({ inputShape: [2] }), base, head] });
}

const measured = ({ sweeps }: Pick<SweepResult, 'sweeps'>) =>
  sweeps.map(({ seed, stopped, points: all }) => [seed, stopped, all.map(({ rate, loss }) => [rate, loss])]);
const conclusionsOf = ({ suggestion, reason, suggestions, range, diagnosis, curve, ...rest }: SweepResult) => ({
  ...{ suggestion, reason, suggestions, range, diagnosis, curve },
  ...{ steepest: rest.steepest, divergence: rest.divergence, minimum: rest.minimum },
});

// No search is made for those that find their own rates.
describe.each(optimizers.flatMap(({ name, rateFree }) => (rateFree ? [] : [name])))('with %s', (optimizer) => {
  test('the sweeps of a group are those of a model whose other layers are frozen, at rates of its own', async () => {
    const { groups = [] } = await findLearningRate(make(), data, { ...options, optimizer, groups: { 'base*': 0.1 } });
    expect(groups.map(({ name }) => name)).toEqual(['base*', 'others']);
    const [base, head] = groups as [(typeof groups)[0], (typeof groups)[0]];
    const headFrozen = await findLearningRate(make(['head']), data, { ...options, optimizer });
    const baseFrozen = await findLearningRate(make(['first', 'second']), data, { ...options, optimizer });
    expect(measured(base)).toEqual(measured(headFrozen));
    expect(measured(head)).toEqual(measured(baseFrozen));
    expect(base).toMatchObject(conclusionsOf(headFrozen));
    expect(head).toMatchObject(conclusionsOf(baseFrozen));
  });
});

const grouped = { ...options, optimizer: 'sgd', groups: { first: 0.1, 'second*': 0.5 } } as const;

test('the sweeps of all layers are those without the curves, at the rates of the groups', async () => {
  const result = await findLearningRate(make(), data, grouped);
  const one = await findLearningRate(make(), data, { ...options, optimizer: 'sgd', groups: { '*': 1 } });
  const plain = await findLearningRate(make(), data, { ...options, optimizer: 'sgd' });
  expect(measured(one)).toEqual(measured(plain));
  expect(plain.groups).toBeUndefined();
  expect(measured(result)).not.toEqual(measured(plain));
  expect(
    result.groups?.map(({ name, pattern, multiplier, layers: own, parameters }) => [
      name,
      pattern,
      multiplier,
      own,
      parameters,
    ]),
  ).toEqual([
    ['first', 'first', 0.1, ['first'], 15],
    ['second*', 'second*', 0.5, ['second'], 18],
    ['others', null, 1, ['head'], 4],
  ]);
  expect(result.setup.notes.filter((note) => note.includes('operation by operation'))).toEqual([]);
  // All sweeps count.
  const steps = [result, ...(result.groups ?? [])].flatMap(({ sweeps }) => sweeps.map((each) => each.points.length));
  const { seconds, msPerStep } = result.environment;
  expect(Math.round((seconds * 1000) / msPerStep)).toBe(steps.reduce((sum, count) => sum + count));
});

test('each group is analysed like a search of its own', async () => {
  const { groups = [] } = await findLearningRate(make(), data, grouped);
  const rates = sweepRates(options.startLr, options.endLr, options.steps, 'geometric');
  for (const group of groups)
    expect(group).toMatchObject(analyse(rates, group.sweeps, suggestionMethods, { averaging: false }));
});

test('weights that stand still count in the loss with their regulariser', async () => {
  const { groups = [], sweeps } = await findLearningRate(make([], 10), data, { ...options, groups: { base: 0.1 } });
  for (const group of groups) expect(group.sweeps[0]?.points[0]?.loss).toBe(sweeps[0]?.points[0]?.loss);
});

test('a group whose loss does not depend on it has no rate, with the reason', async () => {
  // Behind a layer of zeros, whose gradient is not zero, everything before it has none.
  const zero = layers.dense({ name: 'zero', units: 1, useBias: false, kernelInitializer: 'zeros' });
  const model = sequential({
    layers: [layers.dense({ name: 'hidden', units: 2, inputShape: [2], kernelInitializer: drawn(1) }), zero],
  });
  const { groups = [] } = await findLearningRate(model, data, {
    ...options,
    batchSize: 40,
    optimizer: 'sgd',
    groups: { hidden: 0.1 },
  });
  const [hidden, others] = groups;
  expect([hidden?.suggestion, hidden?.reason]).toEqual([null, expect.stringMatching(/flat|did not|does not|no /i)]);
  expect(others?.suggestion).not.toBeNull();
});

test('with a range that moves, each group moves its own', async () => {
  const { groups = [], setup } = await findLearningRate(make(), data, {
    ...{ ...grouped, startLr: 1e-6, endLr: 1e-3, range: 'auto', steps: 50 },
  });
  for (const { name, curve } of groups) {
    expect(curve.at(-1)?.rate).toBeGreaterThan(1e-3);
    expect(setup.notes).toContainEqual(expect.stringMatching(`^group ${name.replace('*', '\\*')}: range: moved`));
  }
  // The layers before it saturate at high rates; the head, which is linear, diverges.
  expect(groups.at(-1)?.divergence).not.toBeNull();
});

test('every step is reported, with its group and how far the search is', async () => {
  const events: StepEvent[] = [];
  const result = await findLearningRate(make(), data, { ...grouped, onStep: (event) => events.push(event) });
  const counts = [result, ...(result.groups ?? [])].flatMap(({ sweeps }) => sweeps.map((each) => each.points.length));
  expect(events).toHaveLength(counts.reduce((sum, count) => sum + count));
  const seen = [...new Set(events.map(({ group, part, parts }) => JSON.stringify([group, part, parts])))];
  expect(seen.map((text) => JSON.parse(text))).toEqual([
    [null, 0, 4],
    ['first', 1, 4],
    ['second*', 2, 4],
    ['others', 3, 4],
  ]);
});

test('the model and the tensors are as they were, also when a group is aborted', async () => {
  const model = make();
  const before = bits(model);
  expect(await tensorsLeft(() => findLearningRate(model, data, grouped))).toBe(0);
  expect(bits(model)).toBe(before);
  const controller = new AbortController();
  const left = await tensorsLeft(async () => {
    const stopped = findLearningRate(model, data, {
      ...grouped,
      onStep: ({ group }) => group === 'second*' && controller.abort(new Error('enough')),
      signal: controller.signal,
    });
    expect((await rejection(stopped)).message).toBe('enough');
  });
  expect([left, bits(model)]).toEqual([0, before]);
});

test('validation rows are measured in the sweeps of all layers', async () => {
  const result = await findLearningRate(make(), data, { ...grouped, validationSplit: 0.2 });
  const validated = ({ sweeps }: Pick<SweepResult, 'sweeps'>) =>
    sweeps.some(({ points: all }) => all.some((point) => point.validation !== undefined));
  expect([result, ...(result.groups ?? [])].map(validated)).toEqual([true, false, false, false]);
});
