import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const written = (name: string, content: string | Uint8Array) => {
  writeFileSync(here.path(name), content);
  return here.path(name);
};

/** A curve that falls around 0.01 and diverges around 1, of two seeds. */
const points = [0, 1].flatMap((seed) =>
  Array.from({ length: 80 }, (_, i) => {
    const rate = Number((1e-6 * 10 ** (i / 12)).toPrecision(8));
    const noise = 0.01 * Math.sin(37 * i + seed);
    return { rate, loss: 2 / (1 + (rate / 0.01) ** 2) + (rate / 0.8) ** 4 + noise, seed };
  }),
);
const csv = (separator = ',', header = ['rate', 'loss', 'seed']) =>
  [header, ...points.map(({ rate, loss, seed }) => [rate, loss, seed])].map((row) => row.join(separator)).join('\n');

async function read(path: string, ...flags: string[]) {
  const { code, stdout, stderr } = await lrfind('analyse', path, '--optimizer', 'adam', '--json', ...flags);
  expect(stderr).toBe('');
  expect([0, 3]).toContain(code);
  const { suggestion, sweeps, setup, environment } = JSON.parse(stdout);
  return { suggestion, sweeps, setup, environment };
}

test('gives the answer, the picture and the document', async () => {
  const [json, picture] = [here.path('sweep.json'), here.path('curve.svg')];
  const { code, stdout, stderr } = await lrfind(
    'analyse',
    written('losses.csv', csv()),
    '--optimizer',
    'adam',
    '-o',
    `${json},${picture}`,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: `wrote ${json}\nwrote ${picture}\n` });
  expect(stdout).toMatch(/^losses\.csv · loss · adam · 2 sweeps · recorded$/m);
  const { suggestion, options } = JSON.parse(readFileSync(json, 'utf8'));
  expect(suggestion.learningRate).toBeGreaterThan(0.001);
  expect(suggestion.learningRate).toBeLessThan(0.1);
  expect(options.losses).toBe(here.path('losses.csv'));
  expect(readFileSync(picture, 'utf8')).toContain('losses.csv');
  const again = here.path('again.svg');
  expect((await lrfind('plot', json, '-o', again)).code).toBe(0);
  expect(readFileSync(again, 'utf8')).toBe(readFileSync(picture, 'utf8'));
});

const lines = points.map((point) => JSON.stringify(point)).join('\n');
const lists = (keys: readonly string[]) =>
  JSON.stringify(Object.fromEntries(keys.map((key, i) => [key, points.map((point) => Object.values(point)[i])])));
test.each([
  ['semicolons', 'a.csv', csv(';')],
  ['semicolons and decimal commas', 'a.csv', csv(';').replaceAll('.', ',')],
  ['tabs', 'a.tsv', csv('\t')],
  ['blanks', 'a.txt', csv('  ')],
  ['no header', 'a.csv', csv().split('\n').slice(1).join('\n')],
  ['other names and more columns', 'a.csv', csv(',', ['Learning Rate', '"train/loss"', 'Run'])],
  [
    'a comment, empty lines and the line ends of Windows',
    'a.csv',
    `# made by hand\r\n${csv().replaceAll('\n', '\r\n')}\r\n\r\n`,
  ],
  ['JSON lines', 'a.jsonl', lines],
  ['a list of records', 'a.json', JSON.stringify(points)],
  ['lists', 'a.json', lists(['lr', 'loss', 'seed'])],
  ['gzip', 'a.csv.gz', gzipSync(csv())],
  [
    'rows in another order',
    'a.csv',
    csv()
      .split('\n')
      .toSorted((a, b) => (a < b ? 1 : -1))
      .toSorted((a) => (a.startsWith('rate') ? -1 : 0))
      .join('\n'),
  ],
])('reads %s', async (_, name, content) => {
  const plain = await read(written('plain.csv', csv()));
  const other = await read(written(name, content));
  expect(other.sweeps).toEqual(plain.sweeps);
  expect(other.suggestion).toEqual(plain.suggestion);
  expect(plain.sweeps.flatMap((sweep: { points: { loss: number }[] }) => sweep.points.map(({ loss }) => loss))).toEqual(
    points.map(({ loss }) => loss),
  );
});

test('reads the sweeps side by side that find has written as a table', async () => {
  const json = here.path('sweep.json');
  await lrfind('analyse', written('losses.csv', csv()), '--optimizer', 'adam', '-o', json);
  const table = here.path('table.csv');
  await lrfind('plot', json, '-o', table);
  expect(readFileSync(table, 'utf8')).toMatch(/^rate,median,low,high,smoothed,slope,seed 0,seed 1\n/);
  expect((await read(table)).sweeps).toEqual((await read(here.path('losses.csv'))).sweeps);
});

test('words for what is not finite end a sweep, and a row without a loss is left out', async () => {
  const rows = ['1e-3,1', '2e-3,', '3e-3,0.5', '4e-3,nan', '5e-3,0.1', '6e-3,-inf'];
  const { sweeps, setup } = await read(written('a.csv', ['lr,loss', ...rows].join('\n')));
  expect(sweeps).toEqual([
    {
      seed: 0,
      points: [
        { step: 0, rate: 0.001, loss: 1 },
        { step: 1, rate: 0.003, loss: 0.5 },
        { step: 2, rate: 0.004, loss: null },
      ],
      stopped: 'not-finite',
    },
  ]);
  expect(setup.notes).toEqual([
    '1 step at higher rates than a loss that is not finite: left out',
    '1 row without a loss: left out',
  ]);
  const python = await read(written('a.jsonl', '{"lr": 0.001, "loss": 1.0}\n{"lr": 0.002, "loss": NaN}\n'));
  expect(python.sweeps[0].points[1]).toEqual({ step: 1, rate: 0.002, loss: null });
});

test('columns that are named by options, and runs with names', async () => {
  const table = 'step,a,b,c\n1,0.1,3,x\n2,0.2,2,x\n1,0.1,5,y\n2,0.2,4,y\n';
  const { sweeps } = await read(
    written('a.csv', table),
    '--rate-column',
    'a',
    '--loss-column',
    'b',
    '--seed-column',
    'c',
  );
  expect(
    sweeps.map((sweep: { seed: number; points: { loss: number }[] }) => [
      sweep.seed,
      ...sweep.points.map(({ loss }) => loss),
    ]),
  ).toEqual([
    [0, 3, 2],
    [1, 5, 4],
  ]);
});

test.each([
  ['a file that is not there', undefined, [], 'no such file'],
  ['an empty file', '', [], ' must have a row for each step; got none'],
  ['a header alone', 'lr,loss\n', [], ' must have a row for each step; got none'],
  [
    'a text in place of a loss',
    'lr,loss\n1,2\n2,x',
    [],
    ': line 3, column "loss" must be a loss: a number, nan or inf; got "x"',
  ],
  ['a text in place of a rate', 'lr,loss\nx,2', [], ': line 2, column "lr" must be a learning rate; got "x"'],
  ['a negative rate', 'lr,loss\n1,2\n-2,3', [], ': line 3: rate must be a number from 1e-37 to 1e+37; got -2'],
  ['a row with a field too many', 'lr,loss\n1,2\n2,3,4', [], ': line 3 must have 2 fields; got 3'],
  [
    'no column of rates',
    'a,loss\n1,2',
    [],
    ' must have one column of learning rates; its columns are a, loss. --rate-column names it',
  ],
  [
    'two columns of losses',
    'lr,my_loss,other_loss\n1,2,3',
    [],
    ' must have one column of losses; got "my_loss" and "other_loss". --loss-column names it',
  ],
  [
    'a column that is not there',
    'lr,loss\n1,2',
    ['--loss-column', 'los'],
    ' has no column "los"; did you mean "loss"?',
  ],
  ['a column twice', 'lr,loss,loss\n1,2,3', [], ' must have each column once; got "loss" twice'],
  ['a single rate', 'lr,loss\n1,2\n1,3', [], 'losses must be at 2 to 10000 different rates in a sweep; got 1'],
  [
    'sweeps of different rates',
    'lr,loss,seed\n1,1,0\n2,1,0\n1,1,1\n3,1,1',
    [],
    ': line 5: sweeps must have the same rates; seed 1 has 3 as its rate number 2, and another seed 2',
  ],
  ['a line that is not JSON', '{"lr": 1, "loss": 2}\nnothing', [], ': line 2 is not JSON; got "nothing"'],
  ['lists of different lengths', '{"lr": [1, 2], "loss": [1]}', [], 'got 2 values of "lr" and 1 of "loss"'],
  ['an unknown optimizer', 'lr,loss\n1,2', ['--optimizer', 'adm'], 'did you mean adam?'],
  ['an unknown method', 'lr,loss\n1,2', ['--suggest', 'best'], 'suggest must be one of'],
] as const)('%s is refused', async (_, content, flags, message) => {
  const path = content === undefined ? here.path('missing.csv') : written('a.csv', content);
  const { code, stderr, stdout } = await lrfind('analyse', path, ...flags);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
