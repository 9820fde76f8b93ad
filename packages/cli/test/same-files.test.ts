// Every pair of files of every command, of which one is written, under names that differ.
import { linkSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { storedSweep } from './stored-sweep.js';
import { classifier, table, workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** The other names of a file: a link, a hard link, through a link to its folder, and in another spelling. */
const otherNames: [string, (path: string, extension: string) => string][] = [
  ['a link', (path, extension) => named(extension, (name) => symlinkSync(path, name))],
  ['a hard link', (path, extension) => named(extension, (name) => linkSync(path, name))],
  [
    'a link to its folder',
    (path) => {
      symlinkSync(here.path('.'), here.path('same'));
      return join(here.path('same'), path.slice(here.path('.').length));
    },
  ],
  ['another spelling', (path) => `${here.path('.')}/./${path.slice(here.path('.').length)}`],
];

function named(extension: string, make: (name: string) => void): string {
  const name = here.path(`other${extension}`);
  make(name);
  return name;
}

/** A model with weights in two shards, of which one is in a folder below. */
function modelWithWeights(): string {
  here.folder('weights');
  here.put('a.csv', Buffer.alloc(64, 1));
  here.put('weights/b.json', Buffer.alloc(32, 1));
  const weights = [
    { name: 'dense_8_relu/kernel', shape: [2, 8], dtype: 'float32' },
    { name: 'dense_8_relu/bias', shape: [8], dtype: 'float32' },
  ];
  const weightsManifest = [{ paths: ['a.csv', 'weights/b.json'], weights }];
  return here.put('whole.json', { modelTopology: classifier, weightsManifest });
}

const sweep = () => here.put('sweep.json', storedSweep({ low: 0.001, high: 0.1 }, 0.01));
const keras = () =>
  here.put('k.json', { class_name: 'CosineDecay', config: { initial_learning_rate: 1, decay_steps: 9 } });
const more = () => here.put('more.csv', table);
const data = () => ['--data', here.data];
const lr = ['--lr', '0.1,0.01'];
const quick = ['--lr', '0.1', '--epochs', '1'];

/** A command: the file that it reads, and the arguments when another name of that file is the output. */
const pairs: [string, () => string, (output: string, input: string) => string[]][] = [
  ['find --data', () => here.data, (out, input) => ['find', '-m', here.model, '-d', input, '-o', out]],
  ['find --model', () => here.model, (out, input) => ['-m', input, ...data(), '-o', out]],
  ['train --data', () => here.data, (out, input) => ['train', '-m', here.model, '-d', input, ...quick, '-o', out]],
  ['train --model', () => here.model, (out, input) => ['train', '-m', input, ...data(), ...quick, '-o', out]],
  [
    'train --validation',
    more,
    (out, input) => ['train', '-m', here.model, ...data(), '--validation', input, '-o', out],
  ],
  ['train --test', more, (out, input) => ['train', '-m', here.model, ...data(), '--test', input, '-o', out]],
  ['compare --model', () => here.model, (out, input) => ['compare', '-m', input, ...data(), ...lr, '-o', out]],
  ['compare --data', () => here.data, (out, input) => ['compare', '-m', here.model, '-d', input, ...lr, '-o', out]],
  [
    'compare --validation',
    more,
    (out, input) => ['compare', '-m', here.model, ...data(), '--validation', input, ...lr, '-o', out],
  ],
  [
    'compare --journal, which would be appended to --data',
    () => here.data,
    (journal, input) => ['compare', '-m', here.model, '-d', input, ...lr, '--resume', '--journal', journal],
  ],
  ['plot', sweep, (out, input) => ['plot', input, '-o', out]],
  [
    'report',
    () => here.put('sweep.html', JSON.stringify(storedSweep({ low: 0.001, high: 0.1 }, 0.01))),
    (out, input) => ['report', input, '-o', out],
  ],
  ['schedule --from-result', sweep, (out, input) => ['schedule', '--from-result', input, '-o', out]],
  ['schedule --from-keras', keras, (out, input) => ['schedule', '--from-keras', input, '-o', out]],
];

test.each(pairs.flatMap((pair) => otherNames.map((other) => [pair[0], other[0], pair, other] as const)))(
  '%s: %s',
  async (_, __, [, make, argv], [, other]) => {
    const input = make();
    const output = other(input, input.slice(input.lastIndexOf('.')));
    await refused(argv(output, input), `${output} would overwrite the input ${input}: both are the same file`);
  },
);

test.each(otherNames)('the shards of a model are inputs too: %s', async (_, other) => {
  const model = modelWithWeights();
  const output = other(here.path('a.csv'), '.csv');
  const message = `--out ${output} would overwrite the input ${here.path('a.csv')}: both are the same file`;
  await refused(['find', '-m', model, ...data(), '-o', output], message);
  await refused(['train', '-m', model, ...data(), ...quick, '-o', output], message);
  await refused(['compare', '-m', model, ...data(), ...lr, '-o', output], message);
  const shard = here.path('weights/b.json');
  await refused(
    ['find', '-m', model, ...data(), '-o', `${here.path('weights')}/./b.json`],
    `${here.path('weights')}/./b.json would overwrite the input ${shard}: both are the same file`,
  );
});

test('two outputs under two names', async () => {
  symlinkSync(here.path('.'), here.path('same'));
  const [first, second] = [here.path('x.json'), here.path('same/x.json')];
  const both = `got ${first} and ${second}, which are the same`;
  await refused(['-m', here.model, ...data(), '-o', `${first},${second}`], both);
  await refused(['plot', sweep(), '-o', `${first},${second}`], both);
  await refused(['schedule', '0.1', '-o', first, '-o', second], both);
  await refused(
    ['compare', '-m', here.model, ...data(), ...lr, '-o', first, '--journal', second],
    `--journal must be a file of its own; got ${second}, which is also that of --out ${first}`,
  );
});

test('a result twice under two names', async () => {
  const result = sweep();
  symlinkSync(result, here.path('again.json'));
  await refused(
    ['report', `${result}`, here.path('again.json'), '-o', here.path('r.html')],
    `report must get each file once; got ${here.path('again.json')} twice`,
  );
});

test('--save and --out: neither holds or replaces the other', async () => {
  const argv = ['train', '-m', here.model, ...data(), ...quick];
  const saved = here.path('trained');
  const first = await lrfind(...argv, '--save', saved);
  expect([first.code, first.stderr]).toEqual([0, `wrote ${saved}\n`]);
  symlinkSync(saved, here.path('link'));
  for (const out of [join(saved, 'model.json'), join(here.path('link'), 'history.json')])
    await refused([...argv, '--save', saved, '-o', out], `--out ${out} must lie outside the folder of --save ${saved}`);
  await refused(
    ['train', '-m', join(saved, 'model.json'), ...data(), ...quick, '--save', here.path('link')],
    `it would overwrite the input ${join(saved, 'model.json')}`,
  );
  here.folder('empty.json');
  await refused(
    [...argv, '--save', here.path('empty.json'), '-o', here.path('empty.json')],
    `--out must be a file; got the directory ${here.path('empty.json')}`,
  );
});

/** Runs a command that must end with one message, before any work and with every file as it was. */
async function refused(argv: readonly string[], message: string): Promise<void> {
  const before = contents();
  const { code, stdout, stderr } = await lrfind(...argv);
  expect(stderr.endsWith(`${message}\n`), stderr).toBe(true);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(contents()).toEqual(before);
}

/** Every file with its contents, links not followed. */
function contents(folder = here.path('.')): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return contents(path);
    return [[path, entry.isFile() ? readFileSync(path, 'latin1') : readlinkSync(path)]];
  });
}
