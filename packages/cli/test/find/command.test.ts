import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { classifier, table, workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const find = (...more: (string | number)[]) =>
  lrfind('--model', here.model, '--data', here.data, '--steps', 60, '--repeats', 3, ...more);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

test('model and data alone are enough; the summary has the answer, the assumptions and the code', async () => {
  const { code, stdout, stderr } = await lrfind('--model', here.model, '--data', here.data);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/learning rate +[\d.e-]+ +\(between [\d.e-]+ and [\d.e-]+;/);
  expect(stdout).toMatch(/5 sweeps · (wasm|tensorflow)/);
  expect(stdout).toMatch(/loss sparseCategoricalCrossentropy: output .* has 3 softmax units/);
  expect(stdout).toMatch(/note: optimizer: adam, since none was named/);
  expect(stdout).toMatch(/tf\.train\.adam\([\d.e-]+\), loss: 'sparseCategoricalCrossentropy'/);
  expect(stdout).toMatch(/keras\.optimizers\.Adam\(learning_rate=/);
  expect(stdout).toMatch(/1e-7 .*1e-5/);
});

test.each(['prodigy', 'dog'])('%s, which finds its own rate, is refused by its flag', async (name) => {
  const { code, stdout, stderr } = await find('--optimizer', name);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    new RegExp(
      `^(lrfind: )?--optimizer must be one that needs a learning rate \\(sgd, .*, momo-adam\\); got ${name}, which finds its own: train with it at rate 1, or compare it with a tuned one, as lrfind compare --optimizer adam,${name} --lr find does\n$`,
    ),
  );
});

test('a switch of an optimizer that is on by default is turned off by its --no- flag, and is as declared without one', async () => {
  const optimizerOf = async (...more: string[]) => {
    const { code, stdout } = await find('--optimizer', 'muon', '--repeats', 1, '--json', ...more);
    expect(code).toBe(0);
    return JSON.parse(stdout).setup.optimizer;
  };
  expect(await optimizerOf()).toMatchObject({ nesterov: true, excludeEmbeddings: true });
  const off = await optimizerOf('--no-nesterov', '--no-exclude-embeddings', '--exclude-layers', 'a,b');
  expect(off).toMatchObject({ nesterov: false, excludeEmbeddings: false, excludeLayers: ['a', 'b'] });
});

test('the optimizers of optax are swept, and their line is for optax', async () => {
  const { code, stdout } = await find('--optimizer', 'momo-adam', '--lower-bound', 0.1, '--repeats', 1);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^optimizer = optax\.contrib\.momo_adam\(learning_rate=[\d.e-]+, lower_bound=0\.1\)$/m);
});

test('find is the same as no command', async () => {
  const { code, stdout } = await lrfind('find', '--model', here.model, '--data', here.data, '--quiet', '--steps', 60);
  expect(code).toBe(0);
  expect((await lrfind('--model', here.model, '--data', here.data, '--quiet', '--steps', 60)).stdout).toBe(stdout);
});

test('--quiet prints the rate alone, --json the whole result', async () => {
  const quiet = await find('--quiet');
  const whole = await find('--json');
  expect(Number(quiet.stdout)).toBe(JSON.parse(whole.stdout).suggestion.learningRate);
});

test('--quiet without a suggestion says why on stderr, and prints nothing else', async () => {
  const { code, stdout, stderr } = await find('--quiet', '--start-lr', 0.01, '--end-lr', 0.015);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^no learning rate: the range is too narrow: .*; got 0\.01 and 0\.015\n$/);
});

test('--diagnose adds the critical rate to the summary, the result and the picture, and changes nothing else', async () => {
  const { code, stdout } = await find(
    '--backend',
    'wasm',
    '--diagnose',
    '--out',
    here.path('sweep.json'),
    '--out',
    here.path('sweep.svg'),
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /critical rate +[\d.e-]+ +\([\d.e-]+ to [\d.e-]+ over seeds; above it the first update raises the loss\)/,
  );
  const { criticalRate, suggestion } = json(here.path('sweep.json'));
  expect(criticalRate.rate).toBeGreaterThan(0);
  expect(criticalRate.seeds).toHaveLength(3);
  expect(readFileSync(here.path('sweep.svg'), 'utf8')).toMatch(/>critical rate /);
  expect(suggestion).toEqual(JSON.parse((await find('--json', '--backend', 'wasm')).stdout).suggestion);
});

test('the same command twice gives the same JSON, but for times', async () => {
  // On TensorFlow the step may be fused after some time, which changes the last bits.
  const wasm = ['--backend', 'wasm'];
  const runs = [await find('--json', ...wasm), await find('--json', ...wasm)].map(({ stdout }) => {
    const { environment, verification, ...rest } = JSON.parse(stdout);
    const { started, seconds, msPerStep, ...machine } = environment;
    expect([started, seconds, msPerStep, verification.seconds].every((value) => value)).toBe(true);
    const tried = JSON.stringify(verification).replaceAll(/"seconds":[^,}]+/g, '"seconds":0');
    return { ...rest, machine, tried };
  });
  expect(runs[1]).toEqual(runs[0]);
});

test('--out writes every format, and nothing else stays in the folder', async () => {
  const names = ['sweep.csv', 'sweep.json', 'sweep.png', 'sweep.svg'];
  const { code, stderr } = await find(
    '--out',
    `${here.path('sweep.png')}, ${here.path('sweep.svg')}`,
    '-o',
    `${here.path('sweep.json')},${here.path('sweep.csv')}`,
  );
  expect(code).toBe(0);
  expect(stderr.split('\n').filter(Boolean)).toHaveLength(4);
  expect(here.files()).toEqual(['data.csv', 'model.json', ...names]);
  expect(readFileSync(here.path('sweep.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(readFileSync(here.path('sweep.svg'), 'utf8')).toMatch(/^<svg/);
  const result = json(here.path('sweep.json'));
  const [header, first] = readFileSync(here.path('sweep.csv'), 'utf8').split('\n') as [string, string];
  expect(header).toBe('rate,median,low,high,smoothed,slope,seed 0,seed 1,seed 2');
  expect(first.split(',').map(Number).slice(0, 2)).toEqual([result.curve[0].rate, result.curve[0].median]);
});

test('plot draws a stored result again: the same picture', async () => {
  await find('--out', `${here.path('sweep.json')},${here.path('first.svg')}`);
  const { code } = await lrfind('plot', here.path('sweep.json'), '--out', here.path('again.svg'));
  expect(code).toBe(0);
  expect(readFileSync(here.path('again.svg'), 'utf8')).toBe(readFileSync(here.path('first.svg'), 'utf8'));
  await lrfind('plot', here.path('sweep.json'), '--out', here.path('dark.svg'), '--dark');
  expect(readFileSync(here.path('dark.svg'), 'utf8')).not.toBe(readFileSync(here.path('first.svg'), 'utf8'));
});

test('options are in the result with the values that were used', async () => {
  const { stdout } = await find(
    '--json',
    '--optimizer',
    'sgd',
    '--momentum',
    0.5,
    '--nesterov',
    '--scale',
    'minmax',
    '--start-lr',
    '1e-5',
    '--end-lr',
    1,
    '--spacing',
    'linear',
  );
  const result = JSON.parse(stdout);
  expect(result.setup.optimizer).toEqual({ name: 'sgd', momentum: 0.5, nesterov: true });
  expect(result.options).toMatchObject({
    startLr: 1e-5,
    endLr: 1,
    spacing: 'linear',
    scale: 'minmax',
    missing: 'mean',
    repeats: 3,
  });
});

test('--suggest valley makes valley the answer', async () => {
  const result = JSON.parse((await find('--json', '--no-verify', '--suggest', 'valley,slide')).stdout);
  expect(result.suggestion.method).toBe('valley');
  const tried = JSON.parse((await find('--json', '--suggest', 'valley,slide')).stdout);
  expect(tried.verification.plain).toBe(tried.suggestions.valley);
  expect(Object.keys(result.suggestions)).toEqual(['valley', 'slide']);
});

test('--ignore leaves a column out, and says so; a target cannot be ignored', async () => {
  const lines = table.trim().split('\n');
  const data = here.put('id.csv', lines.map((line, i) => `${i === 0 ? 'id' : i},${line}`).join('\n'));
  const argv = ['--model', here.model, '--data', data, '--steps', 60, '--repeats', 3];
  const result = JSON.parse((await lrfind(...argv, '--ignore', 'id', '--json')).stdout);
  expect(result.setup.notes).toContain('ignored "id"');
  expect(String(result.suggestion.learningRate)).toBe((await find('--quiet')).stdout.trim());
  expect((await lrfind(...argv, '--ignore', 'y')).stderr).toMatch(/ignore must not name the target; got "y"/);
  expect((await lrfind(...argv, '--ignore', 'idd')).stderr).toMatch(/no column "idd"; did you mean "id"\?/);
});

test('a gzip file and a table with tabs give what the plain file gives', async () => {
  const plain = await find('--quiet');
  expect(plain).toEqual({ code: 0, stdout: expect.stringMatching(/^[\d.e-]+\n$/), stderr: '' });
  writeFileSync(here.path('packed.csv.gz'), gzipSync(table));
  writeFileSync(here.path('tabs.tsv'), table.replaceAll(',', '\t'));
  for (const name of ['packed.csv.gz', 'tabs.tsv']) {
    const argv = ['--model', here.model, '--data', here.path(name), '--steps', 60, '--repeats', 3, '--quiet'];
    expect(await lrfind(...argv)).toEqual(plain);
  }
});

test('a compiled model brings its loss and its optimizer with all parameters', async () => {
  const trainingConfig = {
    loss: 'categorical_crossentropy',
    optimizer_config: { class_name: 'SGD', config: { learning_rate: 0.01, momentum: 0.9, nesterov: true } },
  };
  const model = here.put('compiled.json', { modelTopology: classifier, trainingConfig });
  const result = JSON.parse(
    (await lrfind('--model', model, '--data', here.data, '--steps', 30, '--repeats', 1, '--json')).stdout,
  );
  expect(result.setup.optimizer).toEqual({ name: 'sgd', momentum: 0.9, nesterov: true });
  expect(result.setup.loss).toBe('categoricalCrossentropy');
});

test('a model with weights starts every seed from them and takes features as they are; a Reshape is filled from columns', async () => {
  const topology = {
    class_name: 'Sequential',
    config: {
      name: 'image',
      layers: [
        { class_name: 'Reshape', config: { target_shape: [2, 1, 1], batch_input_shape: [null, 2], name: 'r' } },
        { class_name: 'Flatten', config: { name: 'f' } },
        { class_name: 'Dense', config: { units: 3, activation: 'softmax', use_bias: false, name: 'd' } },
      ],
    },
  };
  here.put('w.bin', Buffer.from(new Float32Array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).buffer));
  const manifest = [{ paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [2, 3], dtype: 'float32' }] }];
  const model = here.put('w.json', { modelTopology: topology, weightsManifest: manifest });
  const result = JSON.parse(
    (await lrfind('--model', model, '--data', here.data, '--batch-size', 120, '--steps', 12, '--repeats', 2, '--json'))
      .stdout,
  );
  expect(result.setup.weights).toBe('given');
  const rows = table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number) as [number, number, number]);
  const expected = rows.reduce((sum, [a, b, y]) => {
    const logits = [0, 1, 2].map((k) => a * (0.1 + 0.1 * k) + b * (0.4 + 0.1 * k));
    return sum + Math.log(logits.reduce((total, value) => total + Math.exp(value), 0)) - (logits[y] as number);
  }, 0);
  for (const { points } of result.sweeps) expect(points[0].loss).toBeCloseTo(expected / rows.length, 4);
});
