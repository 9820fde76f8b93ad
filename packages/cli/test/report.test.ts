import { mkdirSync, readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { storedRun } from './stored-run.js';
import { point, storedComparison, storedTraining, trained } from './stored-trainings.js';
import { workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const run = { ...storedRun({ low: 0.001, high: 0.1 }, 0.01), options: { model: 'm.json', data: 'd.csv', seeds: 3 } };

/** The page that was written. */
function page(name: string): Document {
  return new JSDOM(readFileSync(here.path(name), 'utf8')).window.document;
}

test('a stored run becomes a page with its answer, the line that uses it and the command', async () => {
  const out = here.path('report.html');
  const { code, stdout, stderr } = await lrfind('report', here.put('run.json', run), '--out', out);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${out}\n` });
  expect(here.files()).toEqual(['data.csv', 'model.json', 'report.html', 'run.json']);
  const { title, body } = page('report.html');
  expect(title).toBe('Learning rate for m');
  expect(body.querySelector('.lead')?.textContent).toBe('Train with a learning rate of 0.01.');
  expect(body.querySelector('.subject')?.textContent).toMatch(/run\.json$/);
  expect([...body.querySelectorAll('pre')].map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining('keras.optimizers.SGD(learning_rate=0.01)'),
    'lrfind --model m.json --data d.csv --seeds 3',
  ]);
});

test('results of all kinds become one page under a title', async () => {
  const paths = [
    here.put('comparison.json', storedComparison({ a: [trained(0, [point(1, 0.5, 1)])] })),
    here.put('training.json', storedTraining([point(1, 0.5, 0.25, 0.75)])),
    here.put('run.json', run),
  ];
  const title = 'Mine & <yours>';
  const { code } = await lrfind('report', '--out', here.path('all.HTML'), ...paths, '--title', title);
  expect(code).toBe(0);
  const { body } = page('all.HTML');
  expect(body.querySelector('h1')?.textContent).toBe(title);
  expect([...body.querySelectorAll('section > h2')].map(({ textContent }) => textContent)).toEqual([
    ...['Comparison of 1 run of m', 'Training of m', 'Learning rate for m'],
  ]);
});

describe('nothing is written', () => {
  const mistakes: [what: string, argv: (files: typeof here) => string[], message: RegExp][] = [
    ['when nothing is to be reported', () => ['--out', 'x.html'], /^error: missing required argument 'results'/],
    ['without --out', () => ['run.json'], /^lrfind: --out is missing: name the page to write/],
    [
      'for a file that is not there',
      () => ['no.json', '--out', 'x.html'],
      /^lrfind: no such result file: .*no\.json\n$/,
    ],
    ['for what is not JSON', ({ put }) => [put('a.json', '{'), '--out', 'x.html'], /^lrfind: .*a\.json is not JSON: /],
    ['for a directory', () => ['folder', '--out', 'x.html'], /^lrfind: cannot read the result .*folder: /],
    ['for what is no result', () => ['model.json', '--out', 'x.html'], /model\.json is not a result of lrfind/],
    [
      'for a damaged result among good ones',
      ({ put }) => ['run.json', put('a.json', { ...run, setup: 3 }), '--out', 'x.html'],
      /^lrfind: .*a\.json is a damaged run: \/setup/,
    ],
    ['with another extension', () => ['run.json', '--out', 'x.pdf'], /unknown format \.pdf; formats: \.html\n$/],
    ['in the place of an input', () => ['run.html', '--out', 'run.html'], /would overwrite the input\n$/],
    ['in a folder that is not there', () => ['run.json', '--out', 'no/x.html'], /there is no folder .*no\n$/],
    [
      'in the place of a folder',
      () => ['run.json', '--out', 'dir.html'],
      /dir\.html is a directory; name a file in it\n$/,
    ],
    [
      'for a file that is given twice',
      () => ['run.json', 'run.json', '--out', 'x.html'],
      /run\.json is given twice\n$/,
    ],
    ['with an unknown flag', () => ['run.json', '--dark', '--out', 'x.html'], /^error: unknown option '--dark'/],
  ];

  test.each(mistakes)('%s', async (_, argv, message) => {
    here.put('run.json', run);
    here.put('run.html', run);
    for (const folder of ['folder', 'dir.html']) mkdirSync(here.path(folder));
    const words = argv(here).map((word) => (/^[\w/]+(\.\w+)?$/.test(word) ? here.path(word) : word));
    const before = here.files();
    const { code, stdout, stderr } = await lrfind('report', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(here.files()).toEqual(before);
  });
});

test('--help says what the page is and shows commands to begin with', async () => {
  const { code, stdout } = await lrfind('report', '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/one file that loads nothing[\s\S]*\$ lrfind report run\.json --out report\.html/);
});
