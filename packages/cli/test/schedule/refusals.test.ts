import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { storedComparison, storedTraining } from '../stored-trainings.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const schedule = (...argv: (string | number)[]) => lrfind('schedule', ...argv);
const cosine = 'cosine(0.1, steps=1000, warmup=100)';

describe('bad input: exit code 2, one message, nothing on stdout, nothing written', () => {
  const out = () => ['--out', `${here.path('x.json')},${here.path('x.svg')}`];
  const nothing = storedSweep(null, null);

  test.each<[string, () => (string | number)[], RegExp]>([
    [
      'no schedule',
      () => out(),
      /a schedule must be given: as text, .*, or in a file with --from-keras or --from-result/,
    ],
    [
      'an unknown parameter, with a mark under its place',
      () => [0.1, 'cosine(0.1, stepz=9)', ...out()],
      /schedule 2: unknown option cosine\.stepz; did you mean cosine\.steps\?.*\n {2}cosine\(0\.1, stepz=9\)\n {14}\^\n$/,
    ],
    [
      'an unknown kind',
      () => ['cosin(0.1, steps=9)', ...out()],
      /schedule 1: schedule must be one of constant, .*; got "cosin"; did you mean cosine\?/,
    ],
    [
      'a length that only a training knows',
      () => ['warmup(cosine(0.1, steps=auto), steps=10)', ...out()],
      /schedule 1: cosine\.steps must be given: .*not known here\n(.*\n)*--steps gives the length of the training/,
    ],
    ['a missing parameter', () => ['cosine(0.1)', ...out()], /schedule 1: cosine\.steps must be given/],
    [
      'an open parenthesis',
      () => ['cosine(0.1, steps=9', ...out()],
      /schedule 1: expected a comma or \); the text ends/,
    ],
    ['an empty text', () => ['', ...out()], /schedule 1: expected a number, a name or a list; the text ends/],
    [
      'a rate below 0',
      () => ['constant(-1)', ...out()],
      /schedule 1: constant\.rate must be a number at least 0; got -1/,
    ],
    [
      'one given twice',
      () => [cosine, cosine, ...out()],
      /each schedule must be given once; got cosine\(0\.1, steps=1000, warmup=100\) twice/,
    ],
    [
      'thirteen',
      () => [...Array.from({ length: 13 }, (_, i) => 0.01 * (i + 1)), ...out()],
      /a picture has room for at most 12 schedules; got 13/,
    ],
    [
      'growth without end',
      () => ['exponential(1, steps=1, factor=10)', '--steps', 400, ...out()],
      /exponential\(1, steps=1, factor=10\): the rate that exponential gives for step 309 must be .*; got Infinity/,
    ],
    [
      'one step',
      () => [cosine, '--steps', 1, ...out()],
      /--steps must be a whole number at least 2 and at most 1000000; got 1/,
    ],
    [
      'steps that are no number',
      () => [cosine, '--steps', 'many', ...out()],
      /--steps must be a whole number .*; got "many"/,
    ],
    [
      'a list of files with spaces',
      () => [cosine, '--out', here.path('a.png'), 'b.png'],
      /^lrfind: every argument must be a schedule or belong to an option; got b\.png\. Write lists with commas: --out a\.png,b\.png\n$/,
    ],
    [
      'a list of results with spaces',
      () => ['--from-result', here.path('a.json'), here.path('b.json')],
      /every argument must be a schedule or belong to an option; got \S+b\.json\. Write lists with commas: /,
    ],
    [
      'no such Keras file',
      () => ['--from-keras', here.path('no.json'), ...out()],
      /--from-keras: no such file: .*no\.json/,
    ],
    ['a directory for Keras', () => ['--from-keras', here.path('.'), ...out()], /--from-keras: \S+ is a directory/],
    [
      'a Keras file that is not JSON',
      () => ['--from-keras', here.data, ...out()],
      /--from-keras: .*data\.csv is not JSON/,
    ],
    [
      'JSON without a schedule',
      () => ['--from-keras', here.put('k.json', { a: 1 }), ...out()],
      /--from-keras: .*k\.json must hold Keras's .*; got no schedule/,
    ],
    [
      'a list',
      () => ['--from-keras', here.put('k.json', [1]), ...out()],
      /--from-keras: .*k\.json must hold Keras's .*; got no schedule/,
    ],
    [
      'a schedule that Keras does not have',
      () => ['--from-keras', here.put('k.json', { class_name: 'CosineDcay', config: {} }), ...out()],
      /--from-keras: .*k\.json: a schedule of Keras must be one of .*; got "CosineDcay"; did you mean CosineDecay\?/,
    ],
    [
      'a schedule without its steps',
      () => [
        '--from-keras',
        here.put('k.json', { class_name: 'CosineDecay', config: { initial_learning_rate: 1 } }),
        ...out(),
      ],
      /--from-keras: .*k\.json: CosineDecay\.decay_steps must be given/,
    ],
    [
      'no such result',
      () => ['--from-result', here.path('no.json'), ...out()],
      /--from-result: no such file: .*no\.json/,
    ],
    [
      'the result of a training',
      () => ['--from-result', here.put('t.json', storedTraining([])), ...out()],
      /--from-result: .*t\.json must be a result of lrfind find; got a result of the format lrfind-training\n$/,
    ],
    [
      'the result of a comparison',
      () => ['--from-result', here.put('c.json', storedComparison({ a: [] })), ...out()],
      /--from-result: .*c\.json must be a result of lrfind find; got a result of the format lrfind-comparison\n$/,
    ],
    [
      'a file that is no result',
      () => ['--from-result', here.model, ...out()],
      /--from-result: .*model\.json is not a result of lrfind/,
    ],
    [
      'a result without range and suggestion',
      () => ['--from-result', here.put('r.json', nothing), ...out()],
      /--from-result: .*r\.json must have a usable range or a suggestion; got neither: too noisy/,
    ],
    [
      'an unknown format',
      () => [cosine, '--out', here.path('x.bmp')],
      /--out must end in one of \.png, \.svg, \.json, \.csv; got .*x\.bmp/,
    ],
    ['a folder that is not there', () => [cosine, '--out', here.path('no/x.png')], /there is no folder/],
    [
      'an output twice',
      () => [cosine, '--out', `${here.path('x.png')},${here.path('x.png')}`],
      /--out must name each file once; got .*x\.png twice/,
    ],
    [
      'an output that is the input',
      () => {
        const file = here.put('k.json', {
          class_name: 'CosineDecay',
          config: { initial_learning_rate: 1, decay_steps: 9 },
        });
        return ['--from-keras', file, '--out', file];
      },
      /would overwrite the input/,
    ],
    [
      'a logarithmic picture of nothing but 0',
      () => [0, '--log', ...out()],
      /--log needs a rate above 0; all rates are 0/,
    ],
    ['a picture without width', () => [cosine, '--width', 0, ...out()], /--width must be a whole number at least 360/],
    ['an unknown flag', () => [cosine, '--stepz', 3], /unknown option --stepz; did you mean --steps\?/],
  ])('%s', async (_, argv, message) => {
    const given = argv();
    const before = here.files();
    const { code, stdout, stderr } = await schedule(...given);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(here.files()).toEqual(before);
  });
});
