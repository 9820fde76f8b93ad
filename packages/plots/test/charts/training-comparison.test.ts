import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import type { Comparison } from '@lrfind/core/results';
import { conclude, rank } from '@lrfind/core/study';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { trainingComparisonChart } from '../../src/charts/training-comparison.js';
import { type ChartOptions, renderSvg, trainingComparison } from '../../src/index.js';
import { symbols } from '../../src/layout/legend.js';
import { themes } from '../../src/theme.js';
import { random } from '../sample-sweep.js';
import { sampleComparison, type TrainingShape } from '../sample-training.js';
import { boxes, textFaults } from '../svg-boxes.js';

const require = createRequire(import.meta.url);
const validSpec = new Ajv({ strict: false, validateFormats: false }).compile(
  require('vega-lite/vega-lite-schema.json'),
);

interface AnyValue {
  time: number;
  value: number;
  low: number;
  high: number;
  rate: number;
  shape?: string;
  color: string;
}
interface AnyLayer {
  data: { values: AnyValue[] };
  mark: { type: string; color: string; strokeDash?: number[]; text?: string };
  encoding: { y?: { scale: { type?: string; domain: [number, number] } } };
}
interface AnyView {
  width: number;
  height: number;
  encoding: { x: { scale: { domain: number[] }; axis: { title: string | null } } };
  layer: AnyLayer[];
}

/** Rows of panels, from the top, and the panel of rates if there is one. */
function panels(comparison: Comparison, options?: ChartOptions): { rows: AnyView[][]; rates: AnyView | undefined } {
  const { vconcat } = trainingComparison(comparison, options) as unknown as {
    vconcat: (AnyView & { hconcat?: AnyView[] })[];
  };
  const rows = vconcat.flatMap(({ hconcat }) => (hconcat ? [hconcat] : []));
  return { rows, rates: vconcat.find((view) => (view as { name?: string }).name === 'panel_learning_rate') };
}

const ofType = (view: AnyView | undefined, type: string) => view?.layer.filter(({ mark }) => mark.type === type) ?? [];
const domain = (view: AnyView | undefined) => ofType(view, 'line')[0]?.encoding.y?.scale.domain ?? [0, 0];
/** The marks with a symbol; each is drawn twice, as edge and mark. */
const marks = (view: AnyView | undefined, shape: string) =>
  ofType(view, 'point')
    .flatMap(({ data }) => data.values.filter((value) => value.shape === shape))
    .filter((_, i, all) => i < all.length / 2);
const texts = async (comparison: Comparison, options?: ChartOptions) =>
  boxes(await renderSvg(trainingComparison(comparison, options))).texts.map(({ text }) => text);
const again = (comparison: Comparison): Comparison => {
  const ranking = rank(comparison.trials);
  return { ...comparison, ranking, conclusions: conclude(ranking, 3) };
};

const stairs = (step: number) => (step < 500 ? 0.1 : 0.02);
/** Trials, each slower and worse than the one before. */
const shapesOf = (count: number, common: TrainingShape = {}): Record<string, TrainingShape> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `sgd, ${i + 1}`,
      { left: 0.3 + 0.05 * i, floor: 0.05 + 0.02 * i, rate: () => 0.1, ...common },
    ]),
  );
const withOutcomes: Record<string, TrainingShape> = {
  best: { floor: 0.05 },
  second: { floor: 0.3 },
  pruned: { prunedAfter: 5 },
  lost: { divergedAt: 437 },
  'lost at once': { divergedAt: 37 },
};

const cases: [string, Comparison, ChartOptions, number][] = [
  ['one trial', sampleComparison(shapesOf(1)), {}, 618],
  ['two trials with one seed', sampleComparison(shapesOf(2, { accuracy: false }), 1), {}, 476],
  ['moving rates', sampleComparison(shapesOf(2, { rate: stairs })), {}, 756],
  ['all outcomes in the dark', sampleComparison(withOutcomes), { theme: 'dark' }, 690],
  ['nothing but divergence', sampleComparison(shapesOf(3, { divergedAt: 3 })), {}, 494],
  ['one epoch', sampleComparison(shapesOf(2, { epochs: 1 })), {}, 636],
  ['no validation rows', sampleComparison(shapesOf(2, { validation: false, rate: stairs })), {}, 756],
  ['twelve trials', sampleComparison(shapesOf(12, { rate: stairs })), {}, 936],
  // Ten lines and a band.
  ['thirty trials', sampleComparison(shapesOf(30, { rate: stairs })), {}, 918],
  ['thirty in a small chart', sampleComparison(shapesOf(30)), { width: 360, height: 300 }, 300],
  ['twelve in a small chart', sampleComparison(shapesOf(12)), { width: 360, height: 300 }, 300],
  ['twelve in a large chart', sampleComparison(shapesOf(12, { epochs: 200 })), { width: 4000, height: 4000 }, 4000],
];

describe.each(cases)('for %s', (_, comparison, options, tall) => {
  test('the chart is a valid Vega-Lite specification, also after a round trip through JSON', () => {
    const spec = trainingComparison(comparison, options);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(validSpec(spec), JSON.stringify(validSpec.errors?.slice(0, 3))).toBe(true);
  });

  test('Vega-Lite has no warning, no coordinate is lost, no text is cut or overlaps another', async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(trainingComparison(comparison, options), {
      onWarning: (warning) => warnings.push(warning),
    });
    expect(warnings).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(textFaults(svg)).toEqual([]);
    const { width, height } = boxes(svg);
    expect([width, height]).toEqual([options.width ?? 800, tall]);
  });
});

describe('the chart', () => {
  test('has training and validation side by side on one axis, loss above accuracy', async () => {
    const comparison = sampleComparison(shapesOf(2));
    const { rows } = panels(comparison);
    // The third one is the end of the second.
    expect(rows.map((row) => row.length)).toEqual([3, 3]);
    for (const [training, validation] of rows) {
      expect(domain(training)).toEqual(domain(validation));
      expect(training?.width).toBe(validation?.width);
    }
    expect(await texts(comparison)).toEqual(
      expect.arrayContaining([
        ...['training loss (log scale)', 'validation loss (log scale)', 'validation loss, last 3 epochs'],
        ...['training accuracy', 'validation accuracy', 'validation accuracy, last 3 epochs'],
      ]),
    );
    expect(panels(sampleComparison(shapesOf(2, { accuracy: false }))).rows).toHaveLength(1);
  });

  test('draws the mean over seeds and a band from the lowest to the highest', () => {
    const comparison = sampleComparison(shapesOf(1, { epochs: 4 }));
    const [, validation] = panels(comparison).rows[0] ?? [];
    const losses = [0, 1, 2].map((seed) =>
      comparison.trials[0]?.trainings[seed]?.evaluations.map(({ validation: held }) => held?.loss ?? 0),
    ) as number[][];
    const at = (epoch: number) => losses.map((each) => each[epoch - 1] as number).sort((a, b) => a - b);
    const line = ofType(validation, 'line')[0]?.data.values ?? [];
    const band = ofType(validation, 'area')[0]?.data.values ?? [];
    expect(line.map(({ time }) => time)).toEqual([0, 1, 2, 3, 4]);
    for (const epoch of [1, 2, 3, 4]) {
      const [low = 0, middle = 0, high = 0] = at(epoch);
      expect(line[epoch]?.value).toBeCloseTo((low + middle + high) / 3, 12);
      expect(band[epoch]).toEqual({ time: epoch, low, high });
    }
    expect(ofType(panels(sampleComparison(shapesOf(2), 1)).rows[0]?.[1], 'area')).toEqual([]);
  });

  test('lists the trials in the order of the ranking, with their ranks, told apart by colour and dashes', async () => {
    const comparison = sampleComparison(Object.fromEntries(Object.entries(shapesOf(12)).reverse()));
    const written = await texts(comparison);
    const legend = written.filter((text) => /^\d+\. /.test(text));
    expect(legend).toEqual(Array.from({ length: 12 }, (_, i) => `${i + 1}. sgd, ${i + 1}`));
    const drawn = ofType(panels(comparison).rows[0]?.[0], 'line').reverse();
    expect(new Set(drawn.map(({ mark }) => `${mark.color} ${mark.strokeDash}`)).size).toBe(12);
    // The best one is drawn last, over all others.
    expect(drawn.slice(0, 5).map(({ mark }) => mark.color)).toEqual(themes.light.series);
  });

  test('marks the outcome of a trial where its line ends, and in the legend', async () => {
    const comparison = sampleComparison(withOutcomes);
    const [training, validation] = panels(comparison).rows[0] ?? [];
    expect(marks(training, symbols.cross).map(({ time }) => time)).toEqual([4]);
    // The trial that diverged in the first epoch has a loss before training only.
    expect(marks(validation, symbols.cross).map(({ time }) => time)).toEqual([4, 0]);
    expect(marks(validation, symbols.bar).map(({ time }) => time)).toEqual([5]);
    expect(await texts(comparison)).toEqual(
      expect.arrayContaining([
        '1. best',
        '2. second',
        '3. pruned – pruned after 5 epochs',
        '4. lost – diverged at step 437',
        '5. lost at once – diverged at step 37',
        'mean over seeds',
        'lowest to highest seed',
        'diverged',
        'pruned',
      ]),
    );
  });

  test('names trials that their callbacks ended, and what counts where these restored weights', async () => {
    const comparison = sampleComparison({ best: { floor: 0.05 }, second: { floor: 0.3 }, third: { floor: 0.6 } });
    const [best, second, third] = comparison.trials.map(({ trainings }) => trainings);
    const end = (training: (typeof comparison.trials)[0]['trainings'][0] | undefined, epochs: number) =>
      Object.assign(training ?? {}, { outcome: 'stopped', evaluations: training?.evaluations.slice(0, epochs) });
    for (const [i, training] of (best ?? []).entries()) {
      end(training, 8 + (i % 2));
      training.restored = { step: 500, epoch: 5, validation: { loss: 0.01 * (1 + i), metrics: {} } };
    }
    for (const training of second ?? []) end(training, 7);
    // One seed only: its line goes on with the others.
    end(third?.[0], 6);
    const written = await texts(again(comparison));
    expect(written).toEqual(
      expect.arrayContaining(['1. best – stopped after 9 epochs', '2. second – stopped after 7 epochs', '3. third']),
    );
    expect(written.join(' ')).toContain('Lowest validation loss 0.020 ± 0.010 with restored weights: best');
  });

  test('draws the learning rates of a trial with callbacks as far as its first seed got', () => {
    const comparison = sampleComparison({ reduced: { rate: stairs }, plain: { floor: 0.3 } });
    const [reduced] = comparison.trials;
    Object.assign(reduced?.recipe ?? {}, { callbacks: [{ name: 'reduceLROnPlateau' }] });
    const [first] = reduced?.trainings ?? [];
    Object.assign(first ?? {}, { outcome: 'stopped', evaluations: first?.evaluations.slice(0, 6) });
    const { series, stops } = trainingComparisonChart.readings(again(comparison), themes.light);
    const rates = series.find(({ name, group }) => name === 'reduced' && group === 'learning rate')?.values;
    const at = (epoch: number) => rates?.[stops.indexOf(epoch)];
    expect([at(4), at(6), at(7), at(10)]).toEqual([0.1, 0.02, null, null]);
  });

  test('continues with the other seeds where one diverged, and says how many did', async () => {
    const comparison = sampleComparison(shapesOf(2));
    const [, lost] = comparison.trials[0]?.trainings ?? [];
    Object.assign(lost ?? {}, { outcome: 'diverged', divergedAt: 437, evaluations: lost?.evaluations.slice(0, 4) });
    const ranked = again(comparison);
    const [training] = panels(ranked).rows[0] ?? [];
    expect(marks(training, symbols.cross).map(({ time }) => time)).toEqual([4]);
    const ends = ofType(training, 'line').map(({ data }) => data.values.at(-1)?.time);
    expect(ends).toEqual([10, 10]);
    expect(await texts(ranked)).toContain('2. sgd, 1 – diverged at step 437 (1 of 3 seeds)');
  });

  test('does not flatten the others for a trial whose loss exploded, and shows where it went', async () => {
    const comparison = sampleComparison(shapesOf(2));
    for (const { evaluations } of comparison.trials[1]?.trainings ?? []) {
      for (const [i, { training, validation }] of evaluations.entries()) {
        for (const measures of [training, validation]) Object.assign(measures ?? {}, { loss: 230 * 2 ** i });
      }
    }
    const ranked = again(comparison);
    const [training, validation] = panels(ranked).rows[0] ?? [];
    // The start of 2.3 at most, and the margin.
    expect(domain(training)[1]).toBeLessThan(3.1);
    const [arrow] = marks(validation, symbols.arrowUp);
    expect(arrow?.time).toBe(10);
    expect(arrow?.value).toBe(domain(validation)[1]);
    expect(await texts(ranked)).toContain('ends beyond the axis');
  });

  test('has the learning rates where any of them changes', () => {
    expect(panels(sampleComparison(shapesOf(2))).rates).toBeUndefined();
    const { rates, rows } = panels(sampleComparison({ a: { rate: () => 0.1 }, b: { rate: stairs, left: 0.6 } }));
    expect(rates?.width).toBeGreaterThan(2 * (rows[0]?.[0]?.width ?? 0));
    // The best trial is on top, so it comes last.
    expect(rates?.layer.map(({ data }) => data.values.map(({ time, rate }) => [time, rate]))).toEqual([
      [
        [0, 0.1],
        [5, 0.1],
        [5, 0.02],
        [10, 0.02],
      ],
      [
        [0, 0.1],
        [10, 0.1],
      ],
    ]);
  });

  test('leaves out the rates, then the accuracy where the chart is too low', () => {
    const comparison = sampleComparison(shapesOf(2, { rate: stairs }));
    const shown = (height: number) => {
      const { rows, rates } = panels(comparison, { height });
      return [rows.length, rates !== undefined];
    };
    expect(shown(800)).toEqual([2, true]);
    expect(shown(500)).toEqual([2, false]);
    expect(shown(300)).toEqual([1, false]);
  });

  test('counts in steps where the length was given in steps', () => {
    const comparison = sampleComparison(shapesOf(2), 1, { options: { steps: 1000, epochs: 10 } });
    const [[training] = []] = panels(comparison).rows;
    expect(training?.encoding.x.scale.domain).toEqual([0, 1000]);
    const [, [accuracy] = []] = panels(comparison).rows;
    expect(accuracy?.encoding.x.axis.title).toBe('step');
    expect(training?.encoding.x.axis.title).toBeNull();
  });

  test('names the trial that ended lowest, and those within its noise', async () => {
    const comparison = sampleComparison(shapesOf(3));
    const [first, second, third] = comparison.ranking;
    Object.assign(first ?? {}, { loss: 0.0800123, spread: 0.00331 });
    Object.assign(second ?? {}, { behind: { difference: 0.01, low: -0.01, high: 0.03, verdict: 'same' } });
    const written = await texts(comparison);
    expect(written).toContain(
      'Lowest validation loss 0.0800 ± 0.0033 after 10 epochs: sgd, 1; within the noise of it: sgd, 2',
    );
    expect(written).toContain(
      'mnist-mlp · categoricalCrossentropy · 3 trials · 3 seeds (± standard deviation) · 3,200 rows',
    );
    Object.assign(third ?? {}, { behind: { difference: 0.01, low: -0.01, high: 0.03, verdict: 'same' } });
    Object.assign(first ?? {}, { spread: null });
    expect(await texts(comparison)).toContain(
      'Lowest validation loss 0.08 after 10 epochs: sgd, 1; within the noise of it: 2 others',
    );
    expect(await texts(sampleComparison(shapesOf(2, { divergedAt: 437 })))).toContain('No trial finished');
  });

  test('has a description for screen readers', () => {
    const comparison = sampleComparison({ a: { floor: 0.05 }, b: { divergedAt: 437 } }, 1);
    Object.assign(comparison.ranking[0] ?? {}, { loss: 0.08 });
    expect(trainingComparison(comparison).description).toBe(
      'Training and validation loss, epoch by epoch, of mnist-mlp · categoricalCrossentropy · 2 trials · 1 seed · 3,200 rows. ' +
        'a ended with the lowest loss on the validation rows. Diverged: b. 1. a: validation loss 0.08. 2. b – diverged at step 437.',
    );
  });

  test('takes a given title', async () => {
    expect(await texts(sampleComparison(shapesOf(1)), { title: 'A & B' })).toContain('A & B');
  });
});

test('no text is cut or overlaps another, whatever the trials and the size', async () => {
  const draw = random(13);
  const between = (low: number, high: number) => low * (high / low) ** draw();
  const one = <Value>(values: readonly Value[]) => values[Math.floor(draw() * values.length)] as Value;
  for (let trial = 0; trial < 30; trial++) {
    const count = one([1, 2, 5, 12, 25]);
    const [epochs, accuracy, start] = [one([1, 3, 10, 200]), draw() < 0.5, between(1e-6, 1e7)];
    const ending = draw() < 0.5;
    const trials = Object.fromEntries(
      Array.from({ length: count }, (_, i): [string, TrainingShape] => {
        const peak = between(1e-7, 10);
        const outcome: TrainingShape = draw() < 0.5 ? { divergedAt: Math.round(between(1, 1e3)) } : { prunedAfter: 2 };
        return [
          `${i}: ${(draw() < 0.3 ? 'a-model-with-a-name-that-nobody-would-type-twice, ' : 'cosine(0.1, steps=1000) ').repeat(1 + Math.floor(6 * draw() ** 2))}`,
          {
            epochs,
            accuracy,
            start,
            floor: start * between(1e-6, 30),
            left: draw(),
            rate: draw() < 0.5 ? () => peak : (step) => peak / (1 + step),
            ...(ending && draw() < 0.4 && outcome),
          },
        ];
      }),
    );
    const comparison = sampleComparison(trials, one([1, 3]), draw() < 0.3 ? { options: { steps: 100 * epochs } } : {});
    const options: ChartOptions = {
      width: Math.round(draw() < 0.3 ? 360 : between(360, 1600)),
      height: Math.round(draw() < 0.3 ? 300 : between(300, 1000)),
      theme: draw() < 0.5 ? 'light' : 'dark',
    };
    const svg = await renderSvg(trainingComparison(comparison, options));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(textFaults(svg), JSON.stringify({ trial, options, count, epochs, accuracy })).toEqual([]);
    for (const panel of panels(comparison, options).rows.flat()) expect(panel.height).toBeGreaterThan(40);
  }
});

const scaleOf = (view: AnyView | undefined) => ofType(view, 'line')[0]?.encoding.y?.scale.type ?? 'linear';

describe('losses', () => {
  test('are on a logarithmic axis where they span a decade, unless asked otherwise', () => {
    const far = sampleComparison(shapesOf(2, { start: 2, floor: 0.1, epochs: 20 }));
    const near = sampleComparison(shapesOf(2, { start: 2, floor: 1, epochs: 20 }));
    const scales = (comparison: Comparison, options?: ChartOptions) =>
      panels(comparison, options).rows[0]?.map(scaleOf).slice(0, 2);
    expect(scales(far)).toEqual(['log', 'log']);
    expect(scales(near)).toEqual(['linear', 'linear']);
    expect(scales(far, { logLoss: false })).toEqual(['linear', 'linear']);
    expect(scales(near, { logLoss: true })).toEqual(['log', 'log']);
  });

  test('that run together at the end are enlarged there; those that do not are not', async () => {
    const together = sampleComparison({ a: { floor: 0.5 }, b: { floor: 0.505 }, c: { floor: 1.5 } });
    const [loss = []] = panels(together).rows;
    expect(loss).toHaveLength(3);
    // The last third of ten epochs.
    expect(loss[2]?.encoding.x.scale.domain).toEqual([7, 10]);
    const [low, high] = domain(loss[2]);
    // Both of the better half, whose noise is a twentieth: 0.5 to 0.54, and not the third.
    expect([low, high].every((end) => end > 0.45 && end < 0.6)).toBe(true);
    expect(await texts(together)).toContain('validation loss, last 3 epochs');
    const apart = sampleComparison({ a: { floor: 0.5 }, b: { floor: 1.5 } });
    expect(panels(apart).rows[0]).toHaveLength(2);
    // A narrow figure has the panel of training rows no more.
    expect(panels(together, { width: 500 }).rows[0]).toHaveLength(2);
    expect(await texts(together, { width: 500 })).not.toContain('training loss (log scale)');
  });
});

describe('the rows below the panels', () => {
  interface Mark {
    part: string;
    x: number;
    x2?: number;
    text?: string;
  }
  /** The marks of the dot plot, by what they stand for, in the order of the rows. */
  function dotPlot(comparison: Comparison, options?: ChartOptions) {
    const { vconcat } = trainingComparison(comparison, options) as unknown as {
      vconcat: { layer: { data: { values: Mark[] } }[] }[];
    };
    const marks = vconcat.at(-2)?.layer.flatMap(({ data }) => data.values) ?? [];
    const part = (name: string) => marks.filter((mark) => mark.part === name);
    const written = (name: string) => part(name).map(({ text }) => text);
    return {
      ...{ ticks: part('tick'), seeds: part('seed'), means: part('mean'), crosses: part('cross') },
      ...{ intervals: part('interval'), others: part('others'), names: written('name'), values: written('value') },
    };
  }

  test('have a dot for the loss of each seed, at its place on the axis, and the mean', () => {
    const comparison = sampleComparison(shapesOf(3));
    const { ticks, seeds, means } = dotPlot(comparison);
    const [[left, low], [right, high]] = [ticks[0], ticks.at(-1)].map((tick) => [tick?.x, Number(tick?.text)]) as [
      [number, number],
      [number, number],
    ];
    const lossAt = (x: number) => low + ((x - left) * (high - low)) / (right - left);
    const losses = comparison.ranking.flatMap(({ name }) =>
      (comparison.trials.find((trial) => trial.name === name)?.trainings ?? []).map(
        ({ evaluations }) => evaluations.at(-1)?.validation?.loss,
      ),
    );
    expect(seeds).toHaveLength(9);
    seeds.forEach(({ x }, i) => {
      expect(lossAt(x)).toBeCloseTo(losses[i] as number, 6);
    });
    means.forEach(({ x }, i) => {
      expect(lossAt(x)).toBeCloseTo(comparison.ranking[i]?.loss as number, 6);
    });
  });

  test('have the interval of the difference to the best, beside the best', () => {
    const comparison = sampleComparison(shapesOf(3));
    const [first, second] = comparison.ranking;
    const { intervals, means } = dotPlot(comparison);
    expect(intervals).toHaveLength(2);
    // Pixels for each unit of loss, from the two means.
    const pixels = ((means[1]?.x ?? 0) - (means[0]?.x ?? 0)) / ((second?.loss ?? 0) - (first?.loss ?? 0));
    const { low, high } = (second?.behind ?? {}) as { low: number; high: number };
    expect((intervals[0]?.x ?? 0) - (means[0]?.x ?? 0)).toBeCloseTo(low * pixels, 6);
    expect((intervals[0]?.x2 ?? 0) - (means[0]?.x ?? 0)).toBeCloseTo(high * pixels, 6);
    // Two seeds cannot tell.
    expect(dotPlot(sampleComparison(shapesOf(3), 2)).intervals).toEqual([]);
  });

  test('have a logarithmic axis where the losses span a decade, and mark what diverged', async () => {
    const comparison = sampleComparison({ a: { floor: 0.01, overfits: 0 }, b: { floor: 1 }, lost: { divergedAt: 37 } });
    const written = await texts(comparison);
    expect(written).toContain('validation loss at the end (log scale)');
    expect(written).toContain('3. lost – diverged at step 37');
    expect(dotPlot(comparison).means).toHaveLength(2);
    expect(dotPlot(comparison).crosses).toHaveLength(1);
  });

  test('show the best ten of more than twelve, and the others as one row and a band', async () => {
    const comparison = sampleComparison({ ...shapesOf(18), lost: { divergedAt: 437 } });
    const { names, values, means, others } = dotPlot(comparison);
    expect(names).toHaveLength(11);
    expect(names.at(-1)).toBe('9 others – 1 diverged');
    expect(means).toHaveLength(10);
    expect(others).toHaveLength(1);
    const rest = comparison.ranking.slice(10, 18).map(({ loss }) => loss as number);
    const three = (value: number) => String(Number(value.toPrecision(3)));
    expect(values.at(-1)).toBe(`${three(Math.min(...rest))} to ${three(Math.max(...rest))}`);
    const [training] = panels(comparison).rows[0] ?? [];
    expect(ofType(training, 'line')).toHaveLength(10);
    const [band] = ofType(training, 'area');
    expect(band?.mark.color).toBe(themes.light.muted);
    // The line of the eleventh is the lower end of the band.
    const eleventh = comparison.trials.find(({ name }) => name === comparison.ranking[10]?.name)?.trainings ?? [];
    const last = eleventh.map(({ evaluations }) => evaluations.at(-1)?.training.loss as number);
    expect(band?.data.values.at(-1)?.low).toBeCloseTo(last.reduce((sum, loss) => sum + loss, 0) / last.length, 12);
  });

  test('become a legend in a low figure, which cuts the names of models before rates and losses', async () => {
    const named = Object.fromEntries(
      Object.values(shapesOf(12)).map((shape, i) => [
        `resnet-like-network-for-everything, adam, ${(i + 1) / 1000}`,
        shape,
      ]),
    );
    const comparison = sampleComparison(named);
    const written = await texts(comparison, { width: 400, height: 300 });
    comparison.ranking.forEach(({ name, loss }, i) => {
      const entry = written.find((text) => text.startsWith(`${i + 1}. `)) ?? '';
      expect(entry).toContain(name.split(', ').at(-1));
      expect(entry).toContain(String(Number((loss ?? 0).toPrecision(3))));
    });
    const at = written.findIndex((text) => text.startsWith('Lowest'));
    expect(written.slice(at, at + 2).join(' ')).toMatch(
      /^Lowest validation loss 0\.0800 ± 0\.0033 after 10 epochs: .*0\.001$/,
    );
  });
});

describe('a mistake', () => {
  test('of no trials has a message', () => {
    const message = 'comparison must have at least one trial; got none';
    expect(() => trainingComparison(sampleComparison({}))).toThrow(new InputError(message));
  });

  test('in an option is an InputError', () => {
    expect(() => trainingComparison(sampleComparison(shapesOf(1)), { height: 9 })).toThrow(InputError);
  });
});

test('a score other than an accuracy has its panels, on an axis that leaves out what falls far down', async () => {
  const areas = { auc: (loss: number) => 1 - loss / 10 };
  const shapes = {
    best: { accuracy: false, floor: 0.05, metrics: areas },
    second: { accuracy: false, floor: 0.3, metrics: areas },
  };
  const comparison = again(sampleComparison(shapes));
  const { rows } = panels(comparison);
  expect(rows).toHaveLength(2);
  expect(await texts(comparison)).toContain('validation AUC');
  // It does not begin at 0, as an axis of an error may.
  expect(domain(rows[1]?.[0])[0]).toBeGreaterThan(0.5);
});
