import { mkdirSync, readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { evaluation, storedComparison, storedTraining, trained } from '../stored-trainings.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const sweep = {
  ...storedSweep({ low: 0.001, high: 0.1 }, 0.01),
  options: { model: 'm.json', data: 'd.csv', repeats: 3 },
};

/** The page that was written. */
function page(name: string): Document {
  return new JSDOM(readFileSync(here.path(name), 'utf8')).window.document;
}

test('a stored sweep becomes a page with its answer, the code that uses it and the command', async () => {
  const out = here.path('report.html');
  const { code, stdout, stderr } = await lrfind('report', here.put('sweep.json', sweep), '--out', out);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${out}\n` });
  expect(here.files()).toEqual(['data.csv', 'model.json', 'report.html', 'sweep.json']);
  const { title, body } = page('report.html');
  expect(title).toBe('Learning rate for m');
  expect(body.querySelector('.lead')?.textContent).toBe('Train with a learning rate of 0.01.');
  expect(body.querySelector('.subtitle')?.textContent).toMatch(/sweep\.json$/);
  expect([...body.querySelectorAll('pre')].map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining('keras.optimizers.SGD(learning_rate=0.01)'),
    'lrfind --model m.json --data d.csv --repeats 3 --no-verify',
  ]);
});

test('results of all kinds become one page with a title', async () => {
  const paths = [
    here.put('comparison.json', storedComparison({ a: [trained(0, [evaluation(1, 0.5, 1)])] })),
    here.put('training.json', storedTraining([evaluation(1, 0.5, 0.25, 0.75)])),
    here.put('sweep.json', sweep),
  ];
  const title = 'Mine & <yours>';
  const { code } = await lrfind('report', '--out', here.path('all.HTML'), ...paths, '--title', title);
  expect(code).toBe(0);
  const { body } = page('all.HTML');
  expect(body.querySelector('h1')?.textContent).toBe(title);
  expect([...body.querySelectorAll('section > h2')].map(({ textContent }) => textContent)).toEqual([
    ...['Comparison of 1 trial of m', 'Training of m', 'Learning rate for m'],
  ]);
});

describe('nothing is written', () => {
  const mistakes: [what: string, argv: (files: typeof here) => string[], message: RegExp][] = [
    ['without results', () => ['--out', 'x.html'], /^lrfind: <results> must be given: results of lrfind/],
    ['without --out', () => ['sweep.json'], /^lrfind: --out must be given: page to write/],
    ['for a missing file', () => ['no.json', '--out', 'x.html'], /^lrfind: no such file: .*no\.json\n$/],
    [
      'for a file that is not JSON',
      ({ put }) => [put('a.json', '{'), '--out', 'x.html'],
      /^lrfind: .*a\.json is not JSON: /,
    ],
    ['for a directory', () => ['folder', '--out', 'x.html'], /^lrfind: .*folder is a directory/],
    ['for a file that is no result', () => ['model.json', '--out', 'x.html'], /model\.json is not a result of lrfind/],
    [
      'for a damaged result among good ones',
      ({ put }) => ['sweep.json', put('a.json', { ...sweep, setup: 3 }), '--out', 'x.html'],
      /^lrfind: .*a\.json is a damaged sweep: \/setup/,
    ],
    [
      'with another extension',
      () => ['sweep.json', '--out', 'x.pdf'],
      /--out must end in one of \.html; got .*x\.pdf\n$/,
    ],
    ['over an input', () => ['sweep.html', '--out', 'sweep.html'], /would overwrite the input\n$/],
    ['in a missing folder', () => ['sweep.json', '--out', 'no/x.html'], /there is no folder .*no\n$/],
    [
      'over a folder',
      () => ['sweep.json', '--out', 'dir.html'],
      /--out must be a file; got the directory .*dir\.html\n$/,
    ],
    [
      'for a file that is given twice',
      () => ['sweep.json', 'sweep.json', '--out', 'x.html'],
      /report must get each file once; got .*sweep\.json twice\n$/,
    ],
    ['with an unknown flag', () => ['sweep.json', '--dark', '--out', 'x.html'], /^lrfind: unknown option --dark\n/],
  ];

  test.each(mistakes)('%s', async (_, argv, message) => {
    here.put('sweep.json', sweep);
    here.put('sweep.html', sweep);
    for (const folder of ['folder', 'dir.html']) mkdirSync(here.path(folder));
    const words = argv(here).map((word) => (/^[\w/]+(\.\w+)?$/.test(word) ? here.path(word) : word));
    const before = here.files();
    const { code, stdout, stderr } = await lrfind('report', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(here.files()).toEqual(before);
  });
});

test('--help says what the page is and has examples', async () => {
  const { code, stdout } = await lrfind('report', '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/one file that loads nothing[\s\S]*\$ lrfind report sweep\.json -o report\.html/);
});
