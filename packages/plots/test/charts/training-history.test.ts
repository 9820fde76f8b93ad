import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import type { TrainingResult } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type ChartOptions, renderSvg, trainingHistory } from '../../src/index.js';
import { themes } from '../../src/theme.js';
import { random } from '../sample-sweep.js';
import { sampleHistory, sampleTraining, type TrainingShape } from '../sample-training.js';
import { boxes, textFaults } from '../svg-boxes.js';

const require = createRequire(import.meta.url);
const validSpec = new Ajv({ strict: false, validateFormats: false }).compile(
  require('vega-lite/vega-lite-schema.json'),
);

interface AnyLayer {
  data: { values: { time: number; value: number; rate: number; color: string }[] };
  mark: { type: string; color: string };
  encoding: { y?: { scale: { type?: string; domain: [number, number] } } };
}
interface AnyView {
  width: number;
  height: number;
  encoding: { x: { scale: { domain: number[] }; axis: { title: string | null } } };
  layer: AnyLayer[];
}

/** The panels of the first row, and the panel of rates if there is one. */
function panels(result: TrainingResult, options?: ChartOptions): { row: AnyView[]; rates: AnyView | undefined } {
  const { vconcat } = trainingHistory(result, options) as unknown as { vconcat: (AnyView & { hconcat?: AnyView[] })[] };
  return {
    row: vconcat[1]?.hconcat ?? [],
    rates: vconcat.find((view) => (view as { name?: string }).name === 'panel_learning_rate'),
  };
}

const lines = (view: AnyView | undefined) => view?.layer.filter(({ mark }) => mark.type === 'line') ?? [];
const lineOf = (view: AnyView | undefined, name: 'loss' | 'heldOut') =>
  lines(view).find(({ mark }) => mark.color === themes.light[name]);
const domain = (view: AnyView | undefined) => lines(view)[0]?.encoding.y?.scale.domain ?? [0, 0];
const texts = async (result: TrainingResult, options?: ChartOptions) =>
  boxes(await renderSvg(trainingHistory(result, options))).texts.map(({ text }) => text);

const stairs = (step: number) => (step < 300 ? 0.1 : step < 600 ? 0.01 : 0.001);
const bare = { recipe: { ...sampleHistory().recipe, rates: [] }, test: null, losses: [] };
const nothing = sampleHistory({}, { ...bare, training: { ...sampleTraining(), start: null, evaluations: [] } });

const cases: [string, TrainingResult, ChartOptions][] = [
  ['a training', sampleHistory(), {}],
  ['a training in the dark', sampleHistory({ rate: stairs }), { theme: 'dark' }],
  ['a regression', sampleHistory({ accuracy: false }), {}],
  ['three metrics', sampleHistory({ metrics: { mae: (loss) => loss / 2, topK: (loss) => 1 - loss / 10 } }), {}],
  ['no validation rows', sampleHistory({ validation: false }), {}],
  ['one epoch', sampleHistory({ epochs: 1 }), {}],
  ['a divergence', sampleHistory({ divergedAt: 437 }), {}],
  ['a divergence in the first epoch', sampleHistory({ divergedAt: 37 }), {}],
  ['a divergence at the first step', sampleHistory({ divergedAt: 0 }), {}],
  ['a pruned training', sampleHistory({ prunedAfter: 3 }), {}],
  ['nothing measured', nothing, {}],
  ['a small chart', sampleHistory({ rate: stairs }), { width: 360, height: 300 }],
  ['a large chart', sampleHistory({ epochs: 300, left: 0.98, rate: stairs }), { width: 4000, height: 4000 }],
];

describe.each(cases)('for %s', (_, result, options) => {
  test('the chart is a valid Vega-Lite specification, also after a round trip through JSON', () => {
    const spec = trainingHistory(result, options);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(validSpec(spec), JSON.stringify(validSpec.errors?.slice(0, 3))).toBe(true);
  });

  test('Vega-Lite has no warning, no coordinate is lost, no text is cut or overlaps another', async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(trainingHistory(result, options), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(textFaults(svg, [themes[options.theme ?? 'light'].divergence])).toEqual([]);
    const { width, height } = boxes(svg);
    expect([width, height]).toEqual([options.width ?? 800, options.height ?? 520]);
  });
});

describe('the chart', () => {
  const result = sampleHistory({ rate: stairs });
  const { evaluations, start } = result.training;

  test('has the loss of training and validation rows, the latter including the one before training', () => {
    // On a logarithmic axis the fall is a straight line, of which the chart needs no point.
    const { row } = panels(result, { logLoss: false });
    const [validation, training] = (['heldOut', 'loss'] as const).map((name) => lineOf(row[0], name));
    expect(training?.data.values.map(({ time, value }) => [time, value])).toEqual(
      evaluations.map(({ epoch, training: measured }) => [epoch, measured.loss]),
    );
    expect(validation?.data.values.map(({ time, value }) => [time, value])).toEqual([
      [0, start?.loss],
      ...evaluations.map(({ epoch, validation: measured }) => [epoch, measured?.loss]),
    ]);
  });

  test('has the accuracy beside the loss, then other metrics as far as there is room', async () => {
    const more = sampleHistory({ metrics: { mae: (loss) => loss / 2, topK: (loss) => 1 - loss / 10 } });
    expect(panels(result).row).toHaveLength(2);
    expect(panels(more).row).toHaveLength(3);
    expect(panels(more, { width: 360 }).row).toHaveLength(2);
    expect(panels(sampleHistory({ accuracy: false })).row).toHaveLength(1);
    expect(await texts(more)).toEqual(expect.arrayContaining(['loss (log scale)', 'accuracy', 'mean absolute error']));
    expect(await texts(sampleHistory({ accuracy: false, metrics: { mae: (loss) => loss } }))).toContain(
      'mean absolute error',
    );
  });

  test('has the learning rate over the whole width, in epochs, its jumps vertical', () => {
    const { row, rates } = panels(result);
    expect(rates?.width).toBeGreaterThan(2 * (row[0]?.width ?? 0));
    expect(rates?.encoding.x.scale.domain).toEqual([0, 10]);
    const corners = rates?.layer[0]?.data.values.map(({ time, rate }) => [Number(time.toFixed(9)), rate]);
    expect(corners).toEqual([
      [0, 0.1],
      [3, 0.1],
      [3, 0.01],
      [6, 0.01],
      [6, 0.001],
      [10, 0.001],
    ]);
    expect(rates?.layer[0]?.encoding.y?.scale.type).toBe('log');
  });

  test('leaves the learning rate out where the chart is too low', () => {
    expect(panels(result, { height: 300 }).rates).toBeUndefined();
    expect(panels(result, { height: 520 }).rates).toBeDefined();
  });

  test('names epochs below each panel; a panel over the whole width shares its axis with the rates', () => {
    const titles = ({ row, rates }: ReturnType<typeof panels>) =>
      [...row, rates].map((view) => view?.encoding.x.axis.title);
    expect(titles(panels(result))).toEqual(['epoch', 'epoch', 'epoch']);
    expect(titles(panels(sampleHistory({ accuracy: false, rate: stairs })))).toEqual([null, 'epoch']);
  });

  test('covers the whole of an overfitted training, but not all of an immediate fall', () => {
    const overfitted = sampleHistory({ start: 0.69, floor: 0.01, overfits: 0.08, epochs: 20 });
    // 0.01 + 0.01 + 20 · 0.08, less the scatter of a twentieth.
    expect(domain(panels(overfitted).row[0])[1]).toBeGreaterThan(1.5);
    const fast = sampleHistory({ left: 0.05, floor: 0.05 });
    expect(domain(panels(fast, { logLoss: false }).row[0])[1]).toBeLessThan(0.7);
  });

  test('never covers the losses of a divergence', () => {
    const exploded = sampleHistory({ divergedAt: 437 });
    Object.assign(exploded.training.evaluations[3]?.training ?? {}, { loss: 1e30 });
    const { row } = panels(exploded);
    expect(domain(row[0])[1]).toBeLessThan(3);
    for (const line of lines(row[0])) {
      for (const { value } of line.data.values) expect(value).toBeLessThan(100);
    }
  });

  test('marks where it diverged, in all panels', async () => {
    const { row } = panels(sampleHistory({ divergedAt: 437 }));
    for (const view of row) {
      const rule = view.layer.find(({ mark }) => mark.type === 'rule');
      expect(rule?.data.values).toEqual([{ time: 437, color: themes.light.divergence }]);
      expect(view.encoding.x.scale.domain).toEqual([0, 437]);
    }
    const written = await texts(sampleHistory({ divergedAt: 437 }));
    expect(written).toEqual(
      expect.arrayContaining(['Diverged at step 437: the loss was no longer finite', 'diverged at step 437']),
    );
  });

  test('shows the losses of batches where it diverged before the first evaluation', async () => {
    const early = sampleHistory({ divergedAt: 37 });
    const training = lineOf(panels(early).row[0], 'loss');
    // Step 36 is the last one with a finite loss.
    expect(training?.data.values.at(-1)?.time).toBe(36);
    expect(training?.data.values.at(-1)?.value).toBe(early.losses[36]);
    expect(await texts(early)).toContain('training, each batch');
  });

  test('shows a divergence in steps, on a logarithmic axis up to its last loss', async () => {
    const exploding = sampleHistory({ divergedAt: 40 });
    exploding.losses = [...Array.from({ length: 40 }, (_, step) => 2 * 10 ** (step / 2)), null];
    const [loss] = panels(exploding).row;
    expect(loss?.encoding.x.axis.title).toBe('step');
    expect(lines(loss)[0]?.encoding.y?.scale.type).toBe('log');
    // Twelve decades, which leave out the first losses: they are at the lower edge.
    expect(domain(loss)[1]).toBeGreaterThan(2 * 10 ** 19.5);
    expect(await texts(exploding)).toContain('loss (log scale)');
  });

  test('has a table of the numbers, and the batches, where one epoch is all there is', async () => {
    const one = sampleHistory({ epochs: 1 });
    const { row } = panels(one);
    expect(row).toHaveLength(1);
    expect(lineOf(row[0], 'loss')?.data.values.length).toBeGreaterThan(50);
    const [only] = one.training.evaluations;
    const written = await texts(one);
    const four = (value: number | null | undefined) => String(Number((value as number).toPrecision(4)));
    expect(written).toEqual(
      expect.arrayContaining([
        ...['validation before training', 'training', 'validation', 'test', 'loss', 'accuracy'],
        ...[four(only?.training.loss), four(only?.validation?.loss), four(only?.validation?.metrics.accuracy)],
        ...['0.102', '0.9712'],
      ]),
    );
  });

  test('has no panel of a constant rate, and says that it is constant', async () => {
    const constant = sampleHistory();
    expect(panels(constant).rates).toBeUndefined();
    expect((await texts(constant)).join(' ')).toContain('constant rate 0.001');
  });

  test('writes metrics in words and numbers in full', async () => {
    const prices = sampleHistory({
      ...{ accuracy: false, start: 8e5, floor: 3e5 },
      metrics: { r2Score: (loss) => 1 - loss / 1e6, price_meanAbsoluteError: (loss) => loss },
    });
    const written = await texts(prices);
    expect(written).toEqual(expect.arrayContaining(['R²', 'mean absolute error of price', '600,000', '800,000']));
    expect(written.join(' ')).not.toMatch(/×10/);
  });

  test('draws the part of the axes that was asked for', () => {
    const [loss] = panels(result, { x: [2, 6], y: [0.1, 3], logLoss: false }).row;
    expect(loss?.encoding.x.scale.domain).toEqual([2, 6]);
    expect(domain(loss)).toEqual([0.1, 3]);
    expect(lines(loss)[0]?.encoding.y?.scale.type).toBeUndefined();
  });

  test('has the outcome as title', async () => {
    const measures = (loss: number, accuracy: number) => ({ loss, metrics: { accuracy } });
    const stopped = structuredClone(result);
    stopped.training.evaluations = stopped.training.evaluations.slice(0, 3);
    stopped.training.evaluations.forEach((evaluation, i) => {
      evaluation.validation = measures([0.3, 0.10234, 0.25][i] as number, [0.8, 0.97124, 0.9][i] as number);
    });
    stopped.training.outcome = 'stopped';
    const written = await texts(stopped);
    expect(written).toContain(
      'Validation accuracy 0.9, loss 0.25, stopped after 3 epochs; lowest loss 0.102 at epoch 2',
    );
    expect(written).toContain(
      'test accuracy 0.9712, loss 0.102 · mnist-mlp · Adam · rate 0.001 · batches of 32 · seed 0',
    );
    expect(written).toContain('lowest validation loss 0.102 (epoch 2)');
    expect(written).toEqual(expect.arrayContaining(['training', 'validation', 'learning rate']));
    expect(trainingHistory(stopped).description).toBe(
      'Training history, epoch by epoch, of test accuracy 0.9712, loss 0.102 · mnist-mlp · Adam · rate 0.001 · batches of 32 · seed 0. ' +
        'Validation accuracy 0.9, loss 0.25, stopped after 3 epochs; lowest loss 0.102 at epoch 2.',
    );
  });

  test('does not mention validation rows where there were none', async () => {
    const written = await texts(sampleHistory({ validation: false }));
    expect(written.filter((text) => /validation/i.test(text))).toEqual([]);
    expect(written.some((text) => text.startsWith('Training accuracy'))).toBe(true);
  });

  test('takes a given title', async () => {
    expect(await texts(result, { title: 'A & B' })).toContain('A & B');
  });

  test('refuses an unknown option', () => {
    expect(() => trainingHistory(result, { wide: 3 } as never)).toThrow(InputError);
  });
});

test.each([
  [{ x: [3, 3] }, 'x must be two rising numbers; got [3,3]'],
  [{ y: [0, 1], logLoss: true }, 'y must be two rising numbers above 0; got [0,1]'],
  [{ logLoss: 1 }, 'logLoss must be true or false; got 1'],
])('%j has a message', (options, message) => {
  expect(() => trainingHistory(sampleHistory(), options as never)).toThrow(new InputError(message));
});

test('a logarithmic axis of losses below 0 has a message', () => {
  const negative = sampleHistory({ start: -1, floor: -3 });
  expect(() => trainingHistory(negative, { logLoss: true })).toThrow(
    new InputError('logLoss must be false for losses of 0 and below, which have no logarithm; got true'),
  );
});

test('no text is cut, overlaps another or is crossed by the mark of a divergence, whatever the training and the size', async () => {
  const draw = random(3);
  const between = (low: number, high: number) => low * (high / low) ** draw();
  for (let trial = 0; trial < 40; trial++) {
    const shape: TrainingShape = {
      epochs: Math.round(between(1, 400)),
      stepsPerEpoch: Math.round(between(1, 2000)),
      start: between(1e-6, 1e7),
      floor: between(1e-9, 1e6),
      left: draw(),
      accuracy: draw() < 0.6,
      metrics: draw() < 0.3 ? { meanAbsolutePercentageErrorOfEverything: (loss) => 100 * loss } : {},
      validation: draw() < 0.8,
    };
    if (draw() < 0.3) shape.divergedAt = Math.round(draw() * 500);
    if (draw() < 0.2) shape.epochs = 1;
    const [exploding, named] = [draw() < 0.3, draw() < 0.3];
    const [peak, bend] = [between(1e-9, 10), between(1, 1e3)];
    const rates = [0, 1, 2, 40, 41, 90].map((step) => ({ step, rate: peak / (1 + step / bend) }));
    const result = sampleHistory(shape);
    result.recipe.rates = draw() < 0.2 ? [] : rates;
    if (exploding) result.losses = result.losses.map((loss, step) => loss && loss * 10 ** Math.min(300, step / 3));
    if (named) result.setup.model = 'a-model-with-a-name-that-nobody-would-type-twice-'.repeat(3);
    const options: ChartOptions = {
      width: Math.round(draw() < 0.3 ? 360 : between(360, 1600)),
      height: Math.round(draw() < 0.3 ? 300 : between(300, 1000)),
      theme: draw() < 0.5 ? 'light' : 'dark',
    };
    const svg = await renderSvg(trainingHistory(result, options));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(
      textFaults(svg, [themes[options.theme ?? 'light'].divergence]),
      JSON.stringify({ trial, options, shape }),
    ).toEqual([]);
  }
});
