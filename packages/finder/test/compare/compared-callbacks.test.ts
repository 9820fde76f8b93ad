import { useBackend } from '@lrfind/backends';
import { Comparison, parseResult, type TrialResult, type TrialTraining } from '@lrfind/core/results';
import type { Journal } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { parseCallback } from '../../src/callbacks/parse-callback.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import { compare } from '../../src/compare.js';
import type { CompareOptions, TrialOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { bits, compiled, heights, points, regression, rejection } from '../train/small-trainings.js';
import { memoryJournal } from './memory-journal.js';
import { trainingsOf, untimed, untimedTraining } from './untimed.js';

/** One model for all, since a journal is for one model. */
let shared: LayersModel;
beforeAll(async () => {
  await useBackend('wasm');
  shared = regression();
});

const xs = points(40);
const data = { xs, ys: heights(xs) };
// Validation rows whose targets have the opposite sign: the better the model learns, the higher their loss.
const validation = { xs: points(10, 100), ys: heights(points(10, 100)).map((y) => -y) };
const few = { epochs: 8, batchSize: 8, repeats: 2, loss: 'mse', optimizer: 'sgd' };
const compared = (trials: TrialOptions[], options: Partial<CompareOptions> = {}) =>
  compare(shared, data, { ...few, trials, ...options });

const plateau = 'reduce-lr-on-plateau(patience=1, factor=0.5, minDelta=0.05)';
const stopping = 'early-stopping(patience=2, restoreBestWeights=true)';

describe('a trial with a callback', () => {
  test.each<[string, Partial<TrialOptions>, Partial<CompareOptions>]>([
    ['a plateau', { callbacks: plateau }, {}],
    ['an early stopping that restores', { callbacks: stopping }, { validation }],
    ['a warm-up', { callbacks: 'warm-up(6)' }, {}],
    ['two callbacks', { callbacks: [plateau, stopping] }, { validation }],
  ])('is trained as train does: %s', async (_, trial, options) => {
    const { trials } = await compared([{ learningRate: 0.1, ...trial }], { ...options, seed: 3, repeats: 1 });
    const alone = await train(regression(), data, {
      ...{ learningRate: 0.1, epochs: 8, batchSize: 8, loss: 'mse', optimizer: 'sgd', seed: 3, ...options },
      callbacks: [trial.callbacks].flat().map((text) => parseCallback(text as string)),
    });
    const [{ trainings }] = trials as [TrialResult];
    const { restored, rates, ...training } = trainings[0] as TrialTraining;
    expect(untimedTraining(training)).toEqual(untimedTraining(alone.training));
    expect(restored).toEqual(alone.restored);
    expect(rates).toEqual(alone.recipe.rates);
    expect(trials[0]?.recipe.callbacks).toEqual(alone.recipe.callbacks);
  });

  test('has the bits of the plain rate until the callback acts', async () => {
    const comparison = await compared(
      [
        { name: 'plain', learningRate: 0.1 },
        { name: 'reduced', learningRate: 0.1, callbacks: plateau },
        { name: 'idle', learningRate: 0.1, callbacks: 'reduce-lr-on-plateau(patience=20)' },
      ],
      { optimizer: 'adam' },
    );
    const [plain, reduced, idle] = ['plain', 'reduced', 'idle'].map((name) => trainingsOf(comparison, name));
    for (const [i, { evaluations }] of (plain ?? []).entries()) {
      expect(idle?.[i]?.evaluations).toEqual(evaluations);
      const others = reduced?.[i]?.evaluations ?? [];
      const acts = others.findIndex(({ rate }) => rate < 0.1);
      expect(acts).toBeGreaterThan(1);
      expect(others.slice(0, acts)).toEqual(evaluations.slice(0, acts));
      expect(others[acts]).not.toEqual(evaluations[acts]);
    }
    expect(comparison.trials.map(({ notes }) => notes)).toEqual([
      [],
      [],
      ['idle: its callback changed nothing in a training of this length'],
    ]);
  });

  test('is named by its callback, and its recipe and rates tell what was done', async () => {
    const { trials, ranking } = await compared([
      { learningRate: 0.1 },
      { learningRate: 0.1, callbacks: [reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 0.05 })] },
      { learningRate: 0.1, callbacks: { name: 'early-stopping', patience: 2 } },
      { learningRate: 0.1, callbacks: [plateau, stopping] },
      { learningRate: 'cosine(0.1)' },
    ]);
    const rule = 'reduce-lr-on-plateau(factor=0.5, patience=1, minDelta=0.05)';
    expect(trials.map(({ name }) => name)).toEqual([
      'lr 0.1',
      `lr 0.1, ${rule}`,
      'lr 0.1, early-stopping(patience=2)',
      `lr 0.1, ${rule} + ${stopping}`,
      'cosine(0.1, steps=32)',
    ]);
    expect(ranking.map(({ name }) => name).sort()).toEqual(trials.map(({ name }) => name).sort());
    expect(trials.map(({ recipe }) => recipe.callbacks?.map(({ name }) => name))).toEqual([
      undefined,
      ['reduceLROnPlateau'],
      ['earlyStopping'],
      ['reduceLROnPlateau', 'earlyStopping'],
      undefined,
    ]);
    expect(trials[1]?.recipe.callbacks?.[0]).toMatchObject({ factor: 0.5, patience: 1, monitor: 'val_loss', minLr: 0 });
    const [first] = trials[1]?.trainings ?? [];
    expect(trials[1]?.recipe.rates).toEqual(first?.rates);
    expect(first?.rates?.map(({ rate }) => rate)).toEqual(expect.arrayContaining([0.1, 0.05]));
    expect(trials[0]?.trainings[0]).not.toHaveProperty('rates');
    // The text that names a callback makes an equal one.
    expect(parseCallback(rule)).toMatchObject({ config: { patience: 1, factor: 0.5, minDelta: 0.05 } });
  });

  test('that needs more steps than there are is named, in train too', async () => {
    const note = 'warm-up(64) is not over when the training ends: its 64 steps do not reach the full rate';
    const { trials, conclusions } = await compared(
      [
        { name: 'long', learningRate: 0.1, callbacks: 'warm-up(64)' },
        { name: 'short', learningRate: 0.1, callbacks: 'warm-up(63)' },
      ],
      { epochs: 16 },
    );
    expect(trials.map(({ notes }) => notes)).toEqual([[note], []]);
    expect(conclusions.at(-1)).toMatch(/^Not compared as they are meant, .*: long\.$/);
    const options = { learningRate: 0.1, epochs: 16, batchSize: 8, loss: 'mse' };
    const notes = async (steps: number) =>
      (await train(regression(), data, { ...options, callbacks: warmUp(steps) })).setup.notes;
    expect(await notes(64)).toContain(note);
    expect((await notes(63)).join()).not.toContain('warm-up');
  });

  test('takes the callbacks of the comparison unless it names its own', async () => {
    const { trials } = await compared(
      [{ learningRate: 0.1 }, { learningRate: 0.05, callbacks: [] }, { learningRate: 0.02, callbacks: plateau }],
      { callbacks: stopping, epochs: 2 },
    );
    expect(trials.map(({ recipe }) => recipe.callbacks?.[0]?.name)).toEqual([
      'earlyStopping',
      undefined,
      'reduceLROnPlateau',
    ]);
  });
});

describe('a trial that its callback ends', () => {
  test('counts with the weights that the callback restored, and the others with their last', async () => {
    const { ranking, trials } = await compared(
      [
        { name: 'plain', learningRate: 0.1 },
        { name: 'stopped', learningRate: 0.1, callbacks: 'early-stopping(patience=2)' },
        { name: 'restored', learningRate: 0.1, callbacks: stopping },
      ],
      { validation },
    );
    const of = (name: string) => trials.find((trial) => trial.name === name)?.trainings ?? [];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const rankedLoss = (name: string) => ranking.find((ranked) => ranked.name === name)?.loss as number;
    const losses = (name: string) =>
      of(name).map(({ evaluations }) => evaluations.map((each) => each.validation?.loss as number));
    expect(rankedLoss('plain')).toBeCloseTo(mean(losses('plain').map((each) => each.at(-1) as number)), 12);
    expect(rankedLoss('stopped')).toBeCloseTo(mean(losses('stopped').map((each) => each.at(-1) as number)), 12);
    expect(rankedLoss('restored')).toBeCloseTo(mean(losses('restored').map((each) => Math.min(...each))), 12);
    expect(ranking.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['restored', 'finished'],
      ['stopped', 'finished'],
      ['plain', 'finished'],
    ]);
    expect(ranking[0]?.step).toBe(5);
    expect(ranking[1]?.step).toBe(15);
    // Learning makes the validation loss rise from the first epoch on: the third one ends the training.
    const { notes } = trials[2] as (typeof trials)[2];
    expect(notes).toEqual([
      'restored: ended by its callback after 15 of 40 steps, in epoch 3',
      'restored: its loss is that of the weights that its callback restored, of epoch 1',
    ]);
    expect(trials[1]?.notes).toEqual(['stopped: ended by its callback after 15 of 40 steps, in epoch 3']);
  });

  test('is worse than others by more than the noise, like any trial', async () => {
    const { ranking, conclusions } = await compared(
      [
        { name: 'ended', learningRate: 0.02, callbacks: 'early-stopping(minDelta=9)' },
        { name: 'plain', learningRate: 0.02 },
      ],
      { repeats: 4 },
    );
    expect(ranking.map(({ name, behind }) => [name, behind?.verdict])).toEqual([
      ['plain', undefined],
      ['ended', 'worse'],
    ]);
    expect(conclusions).toContain('Worse by more than the noise: ended.');
  });

  test('keeps its number through halving, and is not pruned', async () => {
    const some: TrialOptions[] = [
      { name: 'slow', learningRate: 0.001 },
      { name: 'restored', learningRate: 0.1, callbacks: stopping },
      { name: 'plain', learningRate: 0.1 },
      { name: 'stopped', learningRate: 0.1, callbacks: 'early-stopping(patience=1)' },
    ];
    const whole = await compared(some, { validation });
    const halved = await compared(some, { validation, halving: true });
    const outcomes = Object.fromEntries(halved.ranking.map(({ name, outcome }) => [name, outcome]));
    // Two of four go on half-way, by what they count as there.
    expect(outcomes).toEqual({ slow: 'finished', restored: 'finished', stopped: 'finished', plain: 'pruned' });
    for (const name of ['slow', 'restored', 'stopped'])
      expect(trainingsOf(halved, name)).toEqual(trainingsOf(whole, name));
    const lossOf = ({ ranking }: Comparison, name: string) => ranking.find((each) => each.name === name)?.loss;
    for (const name of ['restored', 'stopped']) expect(lossOf(halved, name)).toBe(lossOf(whole, name));
  });

  test('uses a schedule up to there', async () => {
    const { trials } = await compared([{ learningRate: 'cosine(0.1)', callbacks: stopping }], { validation });
    expect(trials[0]?.notes[0]).toBe(
      'cosine(0.1, steps=40) is longer than the training: 15 steps use 38 % of it; steps=auto takes the length of the training',
    );
  });
});

describe('halved, interrupted and resumed', () => {
  const trials: TrialOptions[] = [
    { name: 'plain', learningRate: 0.1 },
    { name: 'reduced', learningRate: 0.2, callbacks: plateau },
    {
      name: 'stopping',
      learningRate: 0.3,
      callbacks: 'early-stopping(patience=2, minDelta=0.02, restoreBestWeights=true)',
    },
    { name: 'both', learningRate: 0.05, callbacks: [plateau, 'early-stopping(patience=4)'] },
    { name: 'lost', learningRate: 1e20, callbacks: [plateau, stopping] },
  ];
  const options = { optimizer: 'adam', epochs: 10 };

  test('trainings have the bits that they have without it', async () => {
    const whole = await compared(trials, options);
    const halved = await compared(trials, { ...options, halving: true });
    for (const { name } of trials as { name: string }[])
      for (const [i, training] of trainingsOf(halved, name).entries()) {
        const unpruned = trainingsOf(whole, name)[i];
        if (training.outcome !== 'pruned') expect(training).toEqual(unpruned);
        else expect(training.evaluations).toEqual(unpruned?.evaluations.slice(0, training.evaluations.length));
      }
    expect(halved.ranking.some(({ outcome }) => outcome === 'pruned')).toBe(true);
  });

  test.each([1, 5, 9, 12])('a comparison goes on from its journal after %i entries', async (after) => {
    const journal = memoryJournal();
    const controller = new AbortController();
    const counting: Journal = {
      open: journal.open,
      async add(entry) {
        await journal.add(entry);
        if (journal.lines.length === after) controller.abort(new Error('interrupted'));
      },
    };
    const halving = { ...options, halving: true };
    const all = await compared(trials, halving);
    const broken = compared(trials, { ...halving, journal: counting, signal: controller.signal });
    expect((await rejection(broken)).message).toBe('interrupted');
    const again = await compared(trials, { ...halving, journal });
    expect(untimed(again)).toEqual(untimed(all));
  });

  test('a journal without the state of a callback is damaged', async () => {
    const journal = memoryJournal();
    await compared(trials, { ...options, halving: true, journal });
    const entries = journal.lines.map((line) => JSON.parse(line));
    const paused = entries.findIndex(({ trial, callbacks }) => trial === 'reduced' && callbacks);
    for (const callbacks of [undefined, { ...entries[paused].callbacks, callbacks: [] }]) {
      const damaged: Journal = {
        ...journal,
        open: async () =>
          entries.slice(0, paused + 1).map((entry, i) => (i === paused ? { ...entry, callbacks } : entry)),
      };
      const error = await rejection(compared(trials, { ...options, halving: true, journal: damaged }));
      expect(error.message).toMatch(
        /^the journal's training of trial "reduced" with seed \d until step \d+ must have its evaluations and its state; it is damaged/,
      );
    }
  });

  test('a journal is for the same callbacks only, and one without any is that of a comparison without any', async () => {
    const journal = memoryJournal();
    await compared(trials, { ...options, journal });
    const other = trials.with(1, { ...trials[1], learningRate: 0.2, callbacks: 'reduce-lr-on-plateau(patience=3)' });
    expect((await rejection(compared(other, { ...options, journal }))).message).toMatch(
      /trials\.1\.callbacks\.0\.factor was 0\.5 and is 0\.1/,
    );
    let header: unknown;
    const open = async (given: unknown) => {
      header = given;
      return [];
    };
    await compared([{ learningRate: 0.1 }], { epochs: 1, journal: { open, add: async () => {} } });
    expect(JSON.stringify(header)).not.toContain('callbacks');
  });
});

test('the document fits its published schema, and what was stored before is still read', async () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(Comparison)));
  const result = await compared([{ learningRate: 0.1 }, { learningRate: 0.1, callbacks: [plateau, stopping] }], {
    validation,
  });
  const stored = JSON.parse(JSON.stringify(result));
  expect(validate(stored), JSON.stringify(validate.errors)).toBe(true);
  expect(parseResult(stored, 'stored')).toEqual(stored);
  const [plain] = result.trials;
  expect(Object.keys(plain?.recipe ?? {})).toEqual(['learningRate', 'suggestion', 'optimizer', 'batchSize', 'rates']);
  expect(Object.keys(plain?.trainings[0] ?? {})).toEqual(['seed', 'start', 'evaluations', 'outcome', 'divergedAt']);
});

test('the model is as it was, its flag to stop too, and no tensor is left', async () => {
  const model = compiled(regression());
  const before = [bits(model), model.stopTraining];
  const tensors = tf.memory().numTensors;
  const trials = [
    { learningRate: 0.1, callbacks: stopping },
    { learningRate: 0.2, callbacks: plateau },
  ];
  await compare(model, data, { ...few, trials, validation });
  expect([bits(model), model.stopTraining]).toEqual(before);
  const controller = new AbortController();
  const onEvaluation = () => controller.abort(new Error('enough'));
  await rejection(compare(model, data, { ...few, trials, validation, onEvaluation, signal: controller.signal }));
  expect([bits(model), model.stopTraining, tf.memory().numTensors]).toEqual([...before, tensors]);
});

describe('refused with one sentence is', () => {
  test.each<[string, unknown, RegExp, object?]>([
    [
      'an unknown callback',
      ['early-stoping'],
      /^trials\[0\]\.callbacks\[0\]: unknown callback "early-stoping"; did you mean early-stopping\?/,
    ],
    [
      'an option that does not exist',
      ['early-stopping(patiense=3)'],
      /^trials\[0\]\.callbacks\[0\]: unknown option earlyStopping\.patiense|did you mean early-stopping\.patience/,
    ],
    [
      'an option out of its range',
      { name: 'earlyStopping', patience: -1 },
      /^trials\[0\]\.callbacks: patience must be a whole number at least 0; got -1$/,
    ],
    [
      'a misspelt option',
      { name: 'reduceLROnPlateau', patiense: 3 },
      /^trials\[0\]\.callbacks: unknown option patiense; did you mean patience\?/,
    ],
    [
      'an option of other rules',
      { name: 'reduceLROnPlateau', threshold: 1 },
      /^trials\[0\]\.callbacks: threshold must be left out with the rules of keras/,
    ],
    [
      'a warm-up without its length',
      [{ name: 'warmUp' }],
      /^trials\[0\]\.callbacks\[0\]: steps of a warm-up must be a whole number at least 1; got undefined$/,
    ],
    [
      'a name that is none',
      { name: 'plateau' },
      /^trials\[0\]\.callbacks must be one of warmUp, reduceLROnPlateau, earlyStopping; got "plateau"$/,
    ],
    [
      'what terminates a training that diverges',
      ['terminate-on-nan'],
      /^trials\[0\]\.callbacks\[0\] must be left out of a comparison; got terminateOnNaN: a comparison ends every training whose loss is not finite$/,
    ],
    [
      'what records rates',
      ['learning-rate-monitor'],
      /must be left out of a comparison; got learningRateMonitor: it changes no training/,
    ],
    [
      'a scheduler',
      [learningRateScheduler('cosine(0.1, steps=9)')],
      /must be left out of a comparison; got learningRateScheduler: a schedule of steps is a learning rate of its own: give it as learningRate$/,
    ],
    [
      'what prints',
      [earlyStopping({ verbose: true })],
      /^trials\[0\]\.callbacks\[0\]: verbose must be false in a comparison, whose trainings are many; got true$/,
    ],
    [
      "the caller's own",
      [{ onEpochEnd() {} }],
      /^trials\[0\]\.callbacks\[0\] must be a text such as .*; got another object: each seed needs a new callback/,
    ],
    ['a number', 3, /^trials\[0\]\.callbacks must be a text such as .*; got 3$/],
    ['null', null, /^trials\[0\]\.callbacks must be a text such as .*; got null$/],
    [
      'a metric that is not measured',
      ['early-stopping(val_accuracy)'],
      /^trials\[0\]\.callbacks\[0\]: earlyStopping\.monitor must be one of val_loss, val_meanAbsoluteError, loss, meanAbsoluteError; got "val_accuracy"/,
    ],
    [
      'a rule that counts epochs, in steps',
      [plateau],
      /^trials\[0\]\.callbacks\[0\]: reduce-lr-on-plateau\(.*\) counts epochs, so the length must be given as epochs; got 20 steps$/,
      { epochs: undefined, steps: 20 },
    ],
  ])('%s', async (_, callbacks, message, options = {}) => {
    const error = await rejection(compared([{ learningRate: 0.1, callbacks: callbacks as never }], options));
    expect([error.name, error.message.split('\n')[0]]).toEqual(['InputError', expect.stringMatching(message)]);
  });

  test.each(['cosine(0.1)', (step: number) => 0.1 / (1 + step)])(
    'a rule of the rate beside a schedule: %s',
    async (learningRate) => {
      const error = await rejection(compared([{ learningRate }, { learningRate, callbacks: plateau }]));
      expect(error.message).toMatch(
        /^trials\[1\]\.callbacks: reduce-lr-on-plateau\(.*\) sets the learning rate, so that of trials\[1\] must be a number or find; got /,
      );
    },
  );

  test('and the callback of the comparison is named as that', async () => {
    const error = await rejection(compared([{ learningRate: 0.1 }], { callbacks: ['warm-up(0)'] }));
    expect(error.message).toMatch(/^callbacks\[0\]: /);
  });
});
