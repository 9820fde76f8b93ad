// Results that lrfind 0.1.0 wrote, in version 1 of each document: of its `find`, `train` and `compare` with the model and
// the table of `workspace`, on the cpu backend.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Comparison, Result, SweepResult, TrainingResult } from '@lrfind/core/results';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readResult } from '../src/files/read-result.js';
import { lrfind } from './command.js';
import { workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const stored = (name: string) => fileURLToPath(new URL(`version-1/${name}.json`, import.meta.url));
const text = (path: string) => readFileSync(path, 'utf8');

/** The words of the command line that a report shows. */
const commands: Record<string, string[]> = {
  sweep: [
    ...['lrfind', '--model', 'model.json', '--data', 'data.csv', '--backend', 'cpu', '--optimizer', 'sgd'],
    ...['--momentum', '0.9', '--start-lr', '0.0001', '--end-lr', '10', '--steps', '24', '--repeats', '2'],
    ...['--batch-size', '16', '--validation-split', '0.2', '--no-verify', '--suggest', 'valley,slide'],
  ],
  training: [
    ...['lrfind', 'train', '--model', 'model.json', '--data', 'data.csv', '--test', 'data.csv', '--lr', '0.1'],
    '--callback',
    'reduce-lr-on-plateau(factor=0.5, patience=1, minDelta=10),early-stopping(patience=4)',
    ...['--epochs', '5', '--backend', 'cpu', '--metrics', 'accuracy'],
  ],
  comparison: [
    ...['lrfind', 'compare', '--model', 'model.json', '--data', 'data.csv', '--lr', '0.1,0.01'],
    ...['--schedule', 'cosine(0.1, steps=9)', '--optimizer', 'adam,sgd', '--batch-size', '48,96', '--epochs', '2'],
    ...['--repeats', '1', '--backend', 'cpu', '--momentum', '0.9'],
  ],
};

/** What was measured, by place and value. */
function measured(result: Result): unknown {
  if (result.format === 'lrfind-sweep') {
    const { sweeps, curve, suggestion, suggestions } = result;
    // Version 1 called a sweep with few steps in a decade fair, and its intervals were narrower.
    return [sweeps, curve, { ...suggestion, verdict: null, low: null, high: null }, suggestions];
  }
  if (result.format === 'lrfind-training') return [result.losses, result.training, result.test];
  return [result.trials.map(({ name, recipe, trainings }) => [name, recipe, trainings]), result.ranking];
}

/** Without times; numbers with the digits in which other machines agree. */
/** In three digits: version 1 swept rates of float64, which are float32 now. */
const rounded = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (key, each) =>
      key === 'seconds' ? 0 : typeof each === 'number' ? Number(each.toPrecision(3)) : each,
    ),
  );

describe.each(['sweep', 'training', 'comparison'])('a %s of version 1', (name) => {
  test('is drawn as it is once it was written again, with a line at least for what was measured', async () => {
    const [json, before, after] = ['again.json', 'before.svg', 'after.svg'].map((file) => here.path(file)) as [
      string,
      string,
      string,
    ];
    const { code, stderr } = await lrfind('plot', stored(name), '--out', `${before},${json}`);
    expect([code, stderr]).toEqual([0, `wrote ${before}\nwrote ${json}\n`]);
    await lrfind('plot', json, '--out', after);
    expect(text(before)).toBe(text(after));
    expect([...text(before).matchAll(/<path d="M[^"]*L[^"]*" stroke=/g)].length).toBeGreaterThan(0);
  });

  test('becomes a result of version 2 that gives the same picture and table', async () => {
    const [now, svg, csv] = ['now.json', 'old.svg', 'old.csv'].map(here.path) as [string, string, string];
    expect((await lrfind('plot', stored(name), '--out', `${now},${svg},${csv}`)).code).toBe(0);
    expect(JSON.parse(text(now))).toMatchObject({ format: `lrfind-${name}`, version: 2 });
    await lrfind('plot', now, '--out', `${here.path('new.svg')},${here.path('new.csv')}`);
    expect(text(here.path('new.svg'))).toBe(text(svg));
    expect(text(here.path('new.csv'))).toBe(text(csv));
  });

  test('is reported with a command line that gives the same again', async () => {
    const page = here.path('x.html');
    const { code, stderr } = await lrfind('report', stored(name), '--out', page);
    expect([code, stderr]).toEqual([0, `wrote ${page}\n`]);
    const { document } = new JSDOM(text(page)).window;
    const command = [...document.querySelectorAll('pre')].map((pre) => pre.textContent).at(-1) as string;
    const words = commands[name] as string[];
    const quoted = words.map((word) => (/[( ]/.test(word) ? `'${word}'` : word));
    expect(command).toBe(quoted.join(' '));

    const files: Record<string, string> = { 'model.json': here.model, 'data.csv': here.data };
    const argv = words.slice(1).map((word) => files[word] ?? word);
    const again = await lrfind(
      ...argv,
      '--json',
      '--no-progress',
      ...(name === 'comparison' ? ['--journal', here.path('j')] : []),
    );
    expect(again.stderr).toBe('');
    const result = JSON.parse(again.stdout) as Result;
    const before = await readResult(stored(name));
    expect(rounded(measured(result))).toEqual(rounded(measured(before)));
    const { model: _model, data: _data, test: _test, verify: _verify, dates, scaleTarget, ...options } = result.options;
    expect(before.options).toMatchObject(options);
    // Options that came later, by default as it was without them.
    expect({ dates, scaleTarget }).toEqual({ dates: 'text', scaleTarget: false });
  });
});

test('the options of a comparison are lists of single items', async () => {
  const { options } = (await readResult(stored('comparison'))) as Comparison;
  expect(options).toMatchObject({
    lr: ['0.1', '0.01'],
    optimizer: ['adam', 'sgd'],
    batchSize: [48, 96],
    schedule: ['cosine(0.1, steps=9)'],
    repeats: 1,
  });
  expect(options).not.toHaveProperty('seeds');
});

test('a sweep of version 1 gives schedules', async () => {
  const { range, suggestion } = (await readResult(stored('sweep'))) as SweepResult;
  const { code, stdout, stderr } = await lrfind('schedule', '--from-result', stored('sweep'), '--steps', 200, '--json');
  expect([code, stderr]).toEqual([0, '']);
  const { schedules } = JSON.parse(stdout) as { schedules: { name: string; rates: number[] }[] };
  expect(schedules.map((one) => one.name)).toEqual([
    'sweep.json: one-cycle(3.67, steps=200)',
    'sweep.json: cyclical(0.0268, high=3.67, up=25)',
    'sweep.json: constant(0.182)',
  ]);
  expect(range?.high).toBeCloseTo(3.67, 2);
  expect(suggestion?.learningRate).toBeCloseTo(0.182, 3);
});

test('a training of version 1 gives none, and says so', async () => {
  const { format } = (await readResult(stored('training'))) as TrainingResult;
  const { code, stderr } = await lrfind('schedule', '--from-result', stored('training'));
  expect([code, stderr]).toEqual([
    2,
    `lrfind: --from-result: ${stored('training')} must be a result of lrfind find; got a result of the format ${format}\n`,
  ]);
});
