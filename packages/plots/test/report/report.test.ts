import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { type Chart, chartsOf } from '../../src/charts/registry.js';
import { renderReport } from '../../src/index.js';
import { pageOf, samples, textsOf } from '../sample-report.js';
import { sampleSweep } from '../sample-sweep.js';
import { sampleComparison, sampleHistory } from '../sample-training.js';

const { sweep, training, comparison } = samples;

describe('the page of a sweep', () => {
  test('begins with the rate, its interval, how sure it is and the usable range', async () => {
    const { page } = await pageOf([sweep]);
    expect(textsOf(page, 'h1, title')).toEqual(['Learning rate for mnist-mlp', 'Learning rate for mnist-mlp']);
    expect(textsOf(page, '.answer p')).toEqual([
      'Train with a learning rate of 0.0045.',
      'The best constant rate is expected between 0.0015 and 0.012.',
      'The answer is sure: the loss falls clearly and the sweeps agree.',
      'A schedule that changes the rate during training, such as a cyclical or one-cycle schedule, may move between 1.5×10⁻⁴ and 0.06.',
    ]);
  });

  test('says why there is no suggestion', async () => {
    const { page } = await pageOf([sampleSweep({}, { suggestion: null, reason: 'the loss never falls', range: null })]);
    expect(textsOf(page, '.answer p')).toEqual(['No learning rate can be suggested: the loss never falls.']);
  });

  test('has the diagnosis, the methods, how each sweep ended, options, environment and the command', async () => {
    const command = "lrfind --model 'my model.json' --data data.csv";
    const result = { ...sweep, options: { repeats: 5, ignore: [], scale: '255', suggest: ['a', 'b'], target: null } };
    const { page } = await pageOf([{ result, file: 'sweep.json', command, code: 'use(0.0045)' }]);
    expect(textsOf(page, 'h2')).toEqual([
      ...['Use it', 'Diagnosis', 'Setup', 'Numbers', 'Options', 'Environment', 'How to reproduce'],
    ]);
    expect(textsOf(page, 'pre')).toEqual(['use(0.0045)', command]);
    expect(textsOf(page, '.subtitle')[0]).toMatch(
      /109,386 parameters · 48,000 rows · .* · Adam · 5 sweeps · sweep\.json$/,
    );
    const rows = textsOf(page, 'tbody tr');
    expect(rows).toEqual(
      expect.arrayContaining([
        'valley (the answer)0.0045in the second third of the longest valley',
        'steepest descent0.0031.350',
        ...['repeats5', 'ignorenone', 'scale255', 'suggesta, b', 'targetnone'],
        ...['lrfind0.1.0', 'started2025-01-01 00:00:00 UTC', 'time3.2 s (4.1 ms for a training step)'],
      ]),
    );
  });

  test('without a step has no figure and still an answer', async () => {
    const { page } = await pageOf([{ ...sweep, sweeps: [], curve: [] }]);
    expect(page.querySelector('figure')).toBeNull();
    expect(textsOf(page, '.lead')).toEqual(['Train with a learning rate of 0.0045.']);
  });

  test('without a command says that a program made the result', async () => {
    const { page } = await pageOf([sweep]);
    expect(textsOf(page, 'pre')).toEqual([]);
    expect(page.body.textContent).toContain('A program made this result');
  });
});

describe('the page of a training', () => {
  test('begins with the test rows, then the held-out ones, and how it was trained', async () => {
    const { page } = await pageOf([training]);
    const [lead, heldOut, , how] = textsOf(page, '.answer p');
    expect(lead).toBe('On 10,000 test rows the trained model has a loss of 0.1020 and accuracy 0.9712.');
    expect(heldOut).toMatch(/^On the 800 validation rows it ended with a loss of 0\.0\d+ and accuracy 0\.9\d+\.$/);
    expect(how ?? textsOf(page, '.answer p').at(-1)).toBe(
      'It was trained for 800 steps (8 epochs), with Adam at learning rate 0.001.',
    );
  });

  test('says when the loss on validation rows was lowest, if that was not at the end', async () => {
    const { page } = await pageOf([sampleHistory({ overfits: 0.3, noise: 0 })]);
    // 0.05 + 2.25 · 0.45^e + 0.3 e is lowest at e = 2: 1.3625, 1.1156, 1.1650, …; and there is 0.01 besides.
    expect(textsOf(page, '.answer p')[2]).toBe(
      'The lowest loss on the validation rows was 1.116 after epoch 2; it got worse afterwards.',
    );
  });

  test('gives the numbers of restored weights first, and says that those of the last epoch were not kept', async () => {
    const history = sampleHistory({ overfits: 0.3, noise: 0 });
    const best = history.training.evaluations[1] as (typeof history.training.evaluations)[number];
    const restored = { step: best.step, epoch: best.epoch, validation: best.validation };
    const { page, html } = await pageOf([{ ...history, test: null, restored }]);
    const [lead, last, ...rest] = textsOf(page, '.answer p');
    expect(lead).toMatch(
      /^On the \d+ validation rows the model has a loss of 1\.116 .*: a callback restored the weights of epoch 2\.$/,
    );
    expect(last).toMatch(/^At its last epoch, 10, it had a loss of 3\.\d+ .*; these weights were not kept\.$/);
    expect(rest.join()).not.toContain('it got worse afterwards');
    expect(html).toContain('validation rows, model with the weights of epoch 2');
    expect(html).toMatch(/Validation .*loss 1\.12 with the weights of epoch 2, restored/);
  });

  test('has a row for every epoch', async () => {
    const { page } = await pageOf([training]);
    const table = page.querySelector('details table') as Element;
    expect(textsOf(table, 'thead th')).toEqual([
      'epoch',
      'step',
      'learning rate',
      'loss',
      'accuracy',
      'validation loss',
      'validation accuracy',
      'seconds',
    ]);
    expect(textsOf(table, 'tbody th')).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    const { step, training: measured } = training.training
      .evaluations[2] as (typeof training.training.evaluations)[number];
    expect(textsOf(table, 'tbody tr:nth-child(3) td')).toEqual(
      expect.arrayContaining([String(step), measured.loss?.toPrecision(4)]),
    );
  });

  test('shows a part of very many epochs, and says so', async () => {
    const { page, html } = await pageOf([sampleHistory({ epochs: 3000, stepsPerEpoch: 2, left: 0.999 })]);
    const table = page.querySelector('details table') as Element;
    const epochs = textsOf(table, 'tbody th').map(Number);
    expect(epochs.slice(0, 3)).toEqual([1, 31, 61]);
    expect(epochs.at(-1)).toBe(3000);
    expect(textsOf(table, 'caption')[0]).toContain('one row in 30 is shown');
    expect(html.length).toBeLessThan(1_000_000);
  });

  test('that diverged says at which step', async () => {
    const { page } = await pageOf([sampleHistory({ divergedAt: 250 })]);
    expect(textsOf(page, '.lead')).toEqual(['The training diverged: the loss of step 250 was not a finite number.']);
    expect(page.body.textContent).toContain('The model has the weights that it had before.');
    expect(page.body.textContent).toContain('validation rows, last epoch (not kept)');
  });
});

describe('the page of a comparison', () => {
  test('begins with the conclusions and the ranking', async () => {
    const { page } = await pageOf([comparison]);
    expect(textsOf(page, '.answer p')).toEqual(comparison.conclusions);
    const table = page.querySelector('table') as Element;
    expect(textsOf(table, 'thead th')).toEqual(['trial', 'loss', 'accuracy', 'behind the best', 'interval', 'verdict']);
    expect(textsOf(table, 'tbody th')).toEqual(['1. adam, 0.001', '2. cosine(0.01, steps=600)', '3. 1']);
    const [best, second] = comparison.ranking;
    expect(textsOf(table, 'tbody tr:first-child td')).toEqual([
      `${best?.loss?.toPrecision(4)} ± ${Number(best?.spread?.toPrecision(2))}`,
      best?.metrics.accuracy?.toPrecision(4),
      ...['', '', 'the best'],
    ]);
    expect(textsOf(table, 'tbody tr:nth-child(2) td')[2]).toBe(`+${Number(second?.behind?.difference.toPrecision(2))}`);
    expect(textsOf(table, 'tbody tr:nth-child(3) td')).toEqual(['none', '', '', '', 'diverged after 250 steps']);
  });

  test('shows for each trial only what differs, and the rest once', async () => {
    const { page } = await pageOf([comparison]);
    const table = [...page.querySelectorAll('table')].find(({ caption }) =>
      caption?.textContent?.startsWith('How the trials differ'),
    ) as Element;
    expect(textsOf(table, 'thead th')).toEqual(['trial', 'lowest loss', 'at epoch']);
    expect(textsOf(page, 'tbody tr')).toContain('optimizerAdam');
  });

  test('of more trials than a chart can tell apart has a figure too, and a row for each', async () => {
    const many = Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`trial ${i}`, { epochs: 2 }]));
    const { page } = await pageOf([sampleComparison(many, 1)]);
    expect(page.querySelectorAll('figure')).toHaveLength(1);
    expect(page.querySelectorAll('table:first-of-type tbody tr').length).toBeGreaterThanOrEqual(13);
  });
});

describe('every page', () => {
  test('of several results has their answers first, with links, and a section for each', async () => {
    const { page } = await pageOf([comparison, sweep, training], { title: 'All three' });
    expect(textsOf(page, 'h1')).toEqual(['All three']);
    expect(textsOf(page, 'nav li')).toEqual([
      `Comparison of 3 trials of mnist-mlp: ${comparison.conclusions[0]}`,
      'Learning rate for mnist-mlp: Train with a learning rate of 0.0045.',
      expect.stringMatching(/^Training of mnist-mlp: On 10,000 test rows/),
    ]);
    for (const link of page.querySelectorAll('nav a')) {
      expect(page.querySelector(link.getAttribute('href') as string)?.textContent).toBe(link.textContent);
    }
    expect(page.querySelectorAll('main > section')).toHaveLength(3);
  });

  test.each([[[sweep]], [[training]], [[comparison, sweep, training, sweep]]])(
    'has headings in order, tables with captions and scopes, and no id twice (%#)',
    async (documents) => {
      const { page } = await pageOf(documents);
      expect(page.documentElement.lang).toBe('en');
      const levels = [...page.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]));
      expect(levels.filter((level) => level === 1)).toEqual([1]);
      levels.slice(1).forEach((level, i) => {
        expect(level - (levels[i] as number)).toBeLessThanOrEqual(1);
      });
      for (const table of page.querySelectorAll('table')) {
        expect(table.caption?.textContent).toMatch(/\.$/);
        expect(table.querySelectorAll('th:not([scope])')).toHaveLength(0);
      }
      const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const figure of page.querySelectorAll('figure')) {
        expect(figure.querySelector('figcaption')?.textContent).toBeTruthy();
        expect(figure.querySelector('svg[role="img"]')?.getAttribute('aria-label')).toBeTruthy();
      }
    },
  );

  test('refers to nothing outside itself, and allows only its own script', async () => {
    const { html, page } = await pageOf([comparison, sweep, training]);
    expect(html.replace(/ xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:|\/\/\w|@import|url\((?!#)/);
    for (const { attributes } of page.querySelectorAll('*')) {
      for (const { name, value } of attributes) {
        if (/^(src|srcset|data|action|poster)$|href$/.test(name)) expect(value).toMatch(/^#/);
      }
    }
    const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
    expect(policy).toMatch(/^default-src 'none'; .*script-src 'sha256-/);
    expect(page.querySelectorAll('script:not([type])')).toHaveLength(1);
  });

  test('escapes every text of a result', async () => {
    const hostile = `</script><script>alert("1")</script><img src=x onerror='alert(1)'> & "quoted" <!--`;
    const hostileSweep = structuredClone(sweep);
    Object.assign(hostileSweep.setup, {
      model: hostile,
      loss: hostile,
      notes: [hostile],
      optimizer: { name: hostile, x: hostile },
    });
    Object.assign(hostileSweep, {
      diagnosis: [hostile],
      suggestions: { [hostile]: 1 },
      options: { [hostile]: hostile, list: [hostile] },
    });
    Object.assign(hostileSweep.environment, { device: hostile, started: hostile, lrfind: hostile });
    const history = { ...sampleHistory({ metrics: { [hostile]: () => 1 } }), options: {} };
    history.setup.metrics = [hostile];
    const compared = sampleComparison({ [hostile]: {}, other: {} });
    const drawn = [hostileSweep, history, compared].flatMap((result) =>
      (chartsOf(result.format) as readonly Chart[]).filter(({ drawable }) => drawable(result)),
    );
    expect(drawn.length).toBeGreaterThan(2);
    const { page } = await pageOf(
      [{ result: hostileSweep, file: hostile, command: hostile, code: hostile }, history, compared],
      { title: hostile },
    );
    expect(page.querySelectorAll('img, script:not([type])')).toHaveLength(1);
    expect(page.querySelectorAll('script[type="application/json"]')).toHaveLength(drawn.length);
    for (const { textContent } of page.querySelectorAll('script[type]')) JSON.parse(textContent ?? '');
    expect(page.title).toBe(hostile);
    expect(textsOf(page, 'h1, pre')).toEqual([hostile, hostile, hostile]);
    expect(textsOf(page, 'h2')[0]).toBe(`Learning rate for ${hostile}`);
    expect(textsOf(page, 'tbody th')).toContain(`1. ${hostile}`);
  });

  test('is equal to the byte for equal results', async () => {
    const once = await renderReport([{ result: comparison }]);
    expect(await renderReport([{ result: structuredClone(comparison) }])).toBe(once);
  });

  test.each([
    [[], {}, /report must have at least one result; got none/],
    [
      [{ result: { format: 'other' } }],
      {},
      /format must be one of lrfind-sweep, lrfind-training, lrfind-comparison; got "other"/,
    ],
    [[{ result: sweep }], { titel: 'x' }, /unknown option titel; did you mean title\? Options: title/],
    [[{ result: sweep }], { title: 3 }, /title must be text; got 3/],
  ])('refuses invalid documents and options (%#)', async (documents, options, message) => {
    const made = renderReport(documents as never, options as never);
    await expect(made).rejects.toThrow(InputError);
    await expect(made).rejects.toThrow(message);
  });
});
