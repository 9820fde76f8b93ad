import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { checksumOfText } from '@lrfind/core';
import type { TrainingResult } from '@lrfind/core/results';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { repeatableRandom } from '../../../data/test/temporary-files.js';
import { readModel } from '../../src/files/read-inputs.js';
import { lrfind } from '../command.js';
import { classifier, workspace } from '../workspace.js';

beforeAll(() => useBackend('wasm'));

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const base = () => ['train', '--model', here.model, '--data', here.data, '--backend', 'wasm'];
const train = (...argv: (string | number)[]) => lrfind(...base(), '--lr', 0.05, ...argv);
const folder = (...parts: string[]) => [here.path('point'), ...parts].join('/');
const stateText = () => readFileSync(folder('training.json'), 'utf8');
const untimed = (text: string): TrainingResult =>
  JSON.parse(text, (key, value) => (['seconds', 'environment'].includes(key) ? 0 : value));
const modelIn = (path: string) => ['model.json', 'weights.bin'].map((name) => readFileSync(`${path}/${name}`));

async function accepted(...argv: (string | number)[]): Promise<string> {
  const { code, stdout, stderr } = await train(...argv);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout;
}

async function refused(message: RegExp, ...argv: (string | number)[]): Promise<void> {
  const { code, stdout, stderr } = await train(...argv);
  expect(stderr).toMatch(message);
  expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 1]);
}

describe('an interrupted training', () => {
  const dropout = {
    ...classifier,
    config: {
      ...classifier.config,
      layers: [
        classifier.config.layers[0],
        { class_name: 'Dropout', config: { rate: 0.3, name: 'drop' } },
        classifier.config.layers[1],
      ],
    },
  };
  const epochs = 300;
  const argv = () => [
    ...['--lr', '0.01', '--epochs', String(epochs), '--save', here.path('saved')],
    ...[
      '--callback',
      'reduce-lr-on-plateau(patience=4, factor=0.9), early-stopping(patience=200, restoreBestWeights=true)',
    ],
  ];
  const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
  const done = () => {
    try {
      return (JSON.parse(stateText()).checkpoint.training as TrainingResult['training']).evaluations.length;
    } catch {
      return 0;
    }
  };

  /** Runs the command in a process of its own, and ends it once an epoch is done. */
  async function interrupted(signal: NodeJS.Signals, after: number, ...more: string[]) {
    const child = spawn(process.execPath, [bin, ...base(), ...argv(), '--checkpoint', folder(), ...more]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdout.resume();
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (child.exitCode === null && done() < after) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill(signal);
    return { code: await ended, stderr };
  }

  test('resumed after Ctrl-C and SIGKILL at random epochs, has the result and the weights of an uninterrupted one', async () => {
    here.put('model.json', { modelTopology: dropout });
    const random = repeatableRandom(5);
    let after = 1 + Math.floor(random() * 30);
    const first = await interrupted('SIGINT', after);
    expect(first.code).toBe(130);
    expect(first.stderr).toBe(
      `lrfind: ${folder()} holds the training up to its last whole epoch; the same command with --resume continues\n`,
    );
    expect(readdirSync(folder()).toSorted()).toEqual(['best', 'last', 'training.json']);
    for (let kills = 0; kills < 3; kills++) {
      after = done() + 1 + Math.floor(random() * 40);
      await interrupted('SIGKILL', after, '--resume');
      expect(done()).toBeGreaterThanOrEqual(Math.min(after, epochs));
      // Whatever was cut off, both models can be read.
      for (const name of ['best', 'last']) expect((await readModel(folder(name, 'model.json'))).hasWeights).toBe(true);
    }
    expect(done()).toBeLessThan(epochs);
    const run = (...more: string[]) => lrfind(...base(), ...argv(), '--json', ...more);
    const resumed = await run('--checkpoint', folder(), '--resume');
    expect(resumed.code).toBe(0);
    const [saved, last, best] = [here.path('saved'), folder('last'), folder('best')].map(modelIn);
    const whole = await run('--checkpoint', here.path('whole'));
    expect(untimed(resumed.stdout)).toEqual(untimed(whole.stdout));
    expect(modelIn(here.path('saved'))).toEqual(saved);
    expect(modelIn(here.path('whole/last'))).toEqual(last);
    expect(modelIn(here.path('whole/best'))).toEqual(best);
    // Early stopping restored the weights of the same epoch.
    expect(best).toEqual(saved);
    expect(readdirSync(folder()).toSorted()).toEqual(['best', 'last', 'training.json']);
    const plain = await run();
    expect(untimed(plain.stdout)).toEqual(untimed(whole.stdout));
  }, 240_000);
});

describe('lrfind train --checkpoint', () => {
  test('writes the model of the last epoch as --save does, and that of the epoch with the lowest validation loss', async () => {
    const argv = ['--lr', 0.9, '--epochs', 8, '--optimizer', 'sgd', '--json'] as const;
    const result = untimed(await accepted(...argv, '--checkpoint', folder(), '--save', here.path('saved')));
    expect(modelIn(folder('last'))).toEqual(modelIn(here.path('saved')));
    const losses = result.training.evaluations.map(({ validation }) => validation?.loss as number);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    await accepted(...argv, '--epochs', best, '--save', here.path('best'));
    expect(modelIn(folder('best'))).toEqual(modelIn(here.path('best')));
  });

  test('is continued by more epochs, and shows those that are done', async () => {
    await accepted('--epochs', 2, '--checkpoint', folder());
    const longer = await accepted('--epochs', 5, '--checkpoint', folder(), '--resume', '--save', here.path('a'));
    expect(longer).toContain(`resuming from ${folder()}, with the epochs that are done:\nepoch 1/5 `);
    expect(longer.match(/^epoch \d\/5/gm)).toHaveLength(5);
    await accepted('--epochs', 5, '--save', here.path('b'));
    expect(modelIn(here.path('a'))).toEqual(modelIn(here.path('b')));
    await refused(
      /^lrfind: epochs must be at least 5, which the training/,
      '--epochs',
      4,
      '--checkpoint',
      folder(),
      '--resume',
    );
  });

  test('of a training that has ended is resumed to the same result', async () => {
    const argv = ['--epochs', 30, '--callback', 'early-stopping(patience=1)', '--lr', 0.9, '--json', '--checkpoint'];
    const first = await accepted(...argv, folder());
    const before = stateText();
    expect(untimed(first).training.outcome).toBe('stopped');
    expect(untimed(await accepted(...argv, folder(), '--resume'))).toEqual(untimed(first));
    expect(stateText()).toBe(before);
  });

  test('is neither lost nor mistaken for that of another training', async () => {
    await accepted('--epochs', 2, '--checkpoint', folder());
    const before = stateText();
    const point = ['--epochs', 3, '--checkpoint', folder()] as const;
    await refused(
      /point holds the checkpoint of a training: resume it \(--resume, .*\), or delete the folder\n/,
      ...point,
    );
    const resumed = (message: RegExp, ...more: (string | number)[]) => refused(message, ...point, '--resume', ...more);
    await resumed(/must be of the same training; settings\.batchSize was 32 and is 16: /, '--batch-size', 16);
    await resumed(/must be of the same training; settings\.seed was 0 and is 1: /, '--seed', 1);
    await resumed(/must be of the same training; learningRate was "0\.05" and is "0\.1": /, '--lr', 0.1);
    await resumed(/must be of the same training; optimizer\.name was "adam" and is "sgd": /, '--optimizer', 'sgd');
    await resumed(/same training; callbacks\.0 was missing and is .*"warmUp"/, '--callback', 'warm-up(3)');
    await resumed(/same training; backend was "wasm" and is "cpu": /, '--backend', 'cpu');
    await resumed(/same training; data\.rows was \d+ and is \d+: /, '--scale', 'none');
    here.put('other.json', { modelTopology: { ...classifier, config: { ...classifier.config, name: 'other' } } });
    await resumed(/same training; model\.name was "classifier" and is "other": /, '--model', here.path('other.json'));
    writeFileSync(folder('training.json'), before.replace(/"lrfind":"[^"]*"/, '"lrfind":"0.0.1"'));
    await resumed(/same training; lrfind was "0\.0\.1" and is "/);
    writeFileSync(folder('training.json'), before);
    await accepted(...point, '--resume');
  });

  test('is needed for --resume', async () => {
    await refused(/^lrfind: --checkpoint must name the folder of the training that --resume continues\n/, '--resume');
    await refused(/there is nothing to resume: no checkpoint in .*point\n/, '--checkpoint', folder(), '--resume');
    mkdirSync(folder());
    await refused(/there is nothing to resume: no checkpoint in .*point\n/, '--checkpoint', folder(), '--resume');
    // An empty folder may be there before.
    await accepted('--epochs', 1, '--checkpoint', folder());
  });

  const edited = (change: (state: Record<string, never>) => void) => (text: string) => {
    const state = JSON.parse(text);
    change(state.checkpoint);
    state.checksum = checksumOfText(JSON.stringify(state.checkpoint));
    return JSON.stringify(state);
  };
  test.each<[string, (text: string) => string, RegExp]>([
    [
      'cut off',
      (text) => text.slice(0, -40),
      /checkpoint is damaged: .*training\.json is not JSON: .*: delete its folder/,
    ],
    ['empty', () => '', /checkpoint is damaged: .*training\.json is not JSON/],
    ['another document', () => '{"a":1}', /training\.json must be the state of a training, with \/format/],
    [
      'of a later version',
      (text) => text.replace('"version":1', '"version":2'),
      /training\.json: \/version must be 1, .*; got 2/,
    ],
    [
      'without its header',
      (text) => text.replace(/"header":\{/, '"heading":{'),
      /damaged: .*training\.json: \/header must be an object; got undefined: delete/,
    ],
    [
      'with a digit changed',
      (text) => text.replace(/"losses":\[(\d)\.(\d)/, (_, a, b) => `"losses":[${a}.${(Number(b) + 1) % 10}`),
      /damaged: .*training\.json: \/checkpoint does not have the checksum \d+: delete/,
    ],
    [
      'with a rate that is text',
      edited(({ rates }) => {
        (rates as never as unknown[])[1] = '0.1';
      }),
      /damaged: .*training\.json: \/checkpoint\/rates\/1 must be a number at least 0; got "0\.1": delete/,
    ],
    [
      'with a step too many',
      edited(({ losses }) => {
        (losses as never as unknown[]).push(1);
      }),
      /damaged: .*training\.json: \/checkpoint\/losses must be of 6 steps, .*; got 7: delete/,
    ],
  ])('whose state is %s is refused in one message with the place', async (_, change, message) => {
    await accepted('--epochs', 2, '--checkpoint', folder());
    const text = change(stateText());
    writeFileSync(folder('training.json'), text);
    await refused(message, '--epochs', 3, '--checkpoint', folder(), '--resume');
    expect(stateText()).toBe(text);
  });

  test('never takes a folder, a file or an input for its own', async () => {
    const to = (path: string, message: RegExp, ...more: string[]) => refused(message, '--checkpoint', path, ...more);
    await to(
      here.path('.'),
      /--checkpoint: the checkpoint cannot be written to .*, which holds data\.csv, model\.json|which holds "data\.csv"/,
    );
    await to(here.data, /--checkpoint .*data\.csv would overwrite the input\n/);
    await to(here.put('note.txt', 'milk'), /which is a file; name a folder\n/);
    await to(here.path('none/point'), /there is no folder .*none\n/);
    symlinkSync(here.path('nothing'), here.path('link'));
    await to(here.path('link'), /link, which is a link to nothing/);
    const saved = here.path('saved');
    await to(
      saved,
      /--checkpoint must be a file of its own; got .*saved, which is also that of --save\n/,
      '--save',
      saved,
    );

    expect([existsSync(folder()), existsSync(saved)]).toEqual([false, false]);

    await accepted('--epochs', 1, '--checkpoint', folder());
    await to(folder(), /must lie outside the folder of --checkpoint /, '--save', folder('best'), '--resume');
    await to(folder(), /must lie outside the folder of --checkpoint /, '--out', folder('out.json'), '--resume');
    const model = folder('last', 'model.json');
    await to(folder(), /which holds the input .*model\.json\n/, '--resume', '--model', model);
    writeFileSync(folder('last', 'note.txt'), 'milk');
    await to(folder(), /last, which holds "?note\.txt/, '--resume');
  });

  test('of which a part is missing is refused; what a killed process has left is removed', async () => {
    await accepted('--epochs', 1, '--checkpoint', folder());
    mkdirSync(folder('.lrfind-0123456789abcdef.partial'));
    cpSync(folder(), here.path('copy'), { recursive: true });
    await accepted('--epochs', 2, '--checkpoint', folder(), '--resume');
    expect(readdirSync(folder()).toSorted()).toEqual(['best', 'last', 'training.json']);
    here.folder('half');
    cpSync(here.path('copy/training.json'), here.path('half/training.json'));
    await refused(/half must hold best; it is damaged/, '--checkpoint', here.path('half'), '--resume');
  });
});

test('models of a scaled target predict it in its own units in a checkpoint too, and the training resumes', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${Math.sin(i).toFixed(3)},${(5000 + 800 * Math.sin(i)).toFixed(1)}`,
  );
  const data = here.put('prices.csv', `a,price\n${rows.join('\n')}\n`);
  const config = { units: 1, activation: 'linear', name: 'out', batch_input_shape: [null, 1] };
  const layers = [{ class_name: 'Dense', config }];
  const model = here.put('line.json', { class_name: 'Sequential', config: { name: 'line', layers } });
  const run = async (epochs: number, ...more: string[]) => {
    const argv = [
      '--model',
      model,
      '--data',
      data,
      '--backend',
      'wasm',
      '--scale-target',
      '--lr',
      0.05,
      '--epochs',
      epochs,
    ];
    const { code, stdout, stderr } = await lrfind('train', ...argv, '--json', ...more);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    return untimed(stdout);
  };
  await run(2, '--checkpoint', folder());
  const resumed = await run(6, '--checkpoint', folder(), '--resume', '--save', here.path('resumed'));
  const straight = await run(6, '--save', here.path('straight'));
  expect(resumed.losses).toEqual(straight.losses);
  expect(modelIn(here.path('resumed'))).toEqual(modelIn(here.path('straight')));
  // The last layer of a stored model is that of the saved one: it undoes the scaling.
  expect(modelIn(folder('last'))[1]).toEqual(modelIn(here.path('straight'))[1]);
  expect(JSON.parse(readFileSync(folder('last', 'model.json'), 'utf8')).modelTopology.config.layers.at(-1)).toEqual(
    JSON.parse(readFileSync(`${here.path('straight')}/model.json`, 'utf8')).modelTopology.config.layers.at(-1),
  );
  const { code, stderr } = await lrfind(
    ...['train', '--model', model, '--data', data, '--backend', 'wasm', '--lr', 0.05, '--epochs', 8],
    ...['--checkpoint', folder(), '--resume'],
  );
  expect([code, stderr]).toEqual([2, expect.stringMatching(/checkpoint.*(other|differ|same)/)]);
});
