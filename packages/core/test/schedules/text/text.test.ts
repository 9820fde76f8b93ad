import { describe, expect, test } from 'vitest';
import { resolveSchedule } from '../../../src/schedules/resolve.js';
import { printSchedule } from '../../../src/schedules/text/print.js';
import { messageOf } from '../../message-of.js';

describe('a text', () => {
  test.each([
    ['0.1', { name: 'constant', rate: 0.1 }],
    ['1e-3', { name: 'constant', rate: 0.001 }],
    [' .5e+1 ', { name: 'constant', rate: 5 }],
    ['cosine(0.1, steps=1000, warmup=100)', { name: 'cosine', rate: 0.1, steps: 1000, warmup: 100 }],
    ['cosine(steps=1000, rate=0.1)', { name: 'cosine', rate: 0.1, steps: 1000 }],
    ['cosine(steps=1000, 0.1)', { name: 'cosine', rate: 0.1, steps: 1000 }],
    ['cosine(0.1,1000)', { name: 'cosine', rate: 0.1, steps: 1000 }],
    ['one-cycle(0.01, steps=1000)', { name: 'one-cycle', rate: 0.01, steps: 1000 }],
    [
      'exponential(0.1, 100, 0.96, staircase=true)',
      { name: 'exponential', rate: 0.1, steps: 100, factor: 0.96, staircase: true },
    ],
    ['cosine(0.1, 9, hold = false)', { name: 'cosine', rate: 0.1, steps: 9, hold: false }],
    [
      'warmup-stable-decay(0.1, 1, 2, 3, shape=1-sqrt)',
      { name: 'warmup-stable-decay', rate: 0.1, warmup: 1, stable: 2, decay: 3, shape: '1-sqrt' },
    ],
    [
      'piecewise-constant([0.3, 1, 0.5], at=[1000, 2000])',
      { name: 'piecewise-constant', rates: [0.3, 1, 0.5], at: [1000, 2000] },
    ],
    ['piecewise-constant(0.3, [])', { name: 'piecewise-constant', rates: [0.3], at: [] }],
    [
      'join(constant(0.1), cosine(0.1, steps=900), at=100)',
      { name: 'join', schedules: [0.1, { name: 'cosine', rate: 0.1, steps: 900 }], at: [100] },
    ],
    ['join(schedules=[0.1, 0.2], at=[100])', { name: 'join', schedules: [0.1, 0.2], at: [100] }],
    ['product(0.1, tanh(1, 5))', { name: 'product', schedules: [0.1, { name: 'tanh', rate: 1, steps: 5 }] }],
    ['warmup(0.1, 5)', { name: 'warmup', schedule: 0.1, steps: 5 }],
    [
      'warmup(\n  join(0.1, 0.2, at=3),\n  steps=5\n)',
      { name: 'warmup', schedule: { name: 'join', schedules: [0.1, 0.2], at: [3] }, steps: 5 },
    ],
  ])('%s is the object %j', (text, spec) => {
    expect(resolveSchedule(text).config).toEqual(resolveSchedule(spec).config);
  });

  test.each([
    'constant(0.1)',
    'cosine(0.1, steps=1000, warmup=100)',
    'exponential(1e-7, steps=2.5, factor=0.5, staircase=true)',
    'join(constant(0.1), warmup(cosine(1e+21, steps=900), steps=3), at=100)',
    'join(constant(0.1), constant(0.2), constant(0.3), at=[100, 200])',
    'join(constant(0.1), at=[])',
    'piecewise-constant([0.3, 1], at=10, side=later)',
    'warmup-stable-decay(0.1, warmup=0, stable=2, decay=3, shape=1-sqrt)',
  ])(
    '%s is what the schedule it makes is printed as: the first by position, the others by name, defaults left out',
    (text) => {
      expect(printSchedule(resolveSchedule(text))).toBe(text);
    },
  );

  test('can be printed of a config that leaves its defaults out', () => {
    expect(printSchedule({ name: 'cosine', rate: 0.1, steps: 10 })).toBe('cosine(0.1, steps=10)');
  });
});

describe('a fault is marked where it stands:', () => {
  // The mark is under the character that stands before ‸.
  test.each([
    ['c‸osin(0.1)', 'product; got "cosin"; did you mean cosine?'],
    ['cosine(0.1, s‸tps=1000)', 'unknown option cosine.stps; did you mean cosine.steps?'],
    ['cosine(0.1, s‸teps=-1)', 'cosine.steps must be a number above 0; got -1'],
    ['cosine(0.1, -‸1)', 'cosine.steps must be a number above 0; got -1'],
    ['cosine(a‸bc, 10)', 'cosine.rate must be a number at least 0; got "abc"'],
    ['cosine(0.1, s‸teps=[10], warmup=1)', 'cosine.steps must be a number above 0; got [10]'],
    ['c‸osine(0.1)', 'cosine.steps must be given: steps of the cosine'],
    ['c‸osine', 'cosine.rate must be given'],
    ['join(0.1, c‸osine(0.2), at=3)', 'cosine.steps must be given'],
    ['join(0.1, cosine(0.2, s‸teps=0), at=3)', 'cosine.steps must be a number above 0; got 0'],
    ['warmup(c‸osin(0.1), 5)', 'product; got "cosin"; did you mean cosine?'],
    ['j‸oin(0.1, 0.2)', 'join.at must be given'],
    [
      'j‸oin(0.1, 0.2, at=[1, 2])',
      'join.schedules must have one more entry than the boundaries; got 2 schedules and 2 boundaries',
    ],
    ['piecewise-constant([0.1, 0.2], a‸t=x)', 'piecewise-constant.at must be a list, each a number; got ["x"]'],
    ['constant(0.1, 0‸.2)', 'too many parameters for constant, which has rate'],
    ['cosine(0.1, r‸ate=0.2)', 'cosine.rate is given twice'],
    ['cosine(0.1, steps=5, s‸teps=6)', 'cosine.steps is given twice'],
    ['cosine(0.1, steps=t‸anh(1))', 'expected a value; got tanh(…)'],
    ['[‸0.1]', 'expected a schedule; got a list'],
    ['-‸0.1', 'constant.rate must be a number at least 0; got -0.1'],
    ['cosine(0.1, 1‸=2)', 'expected the name of a parameter before ='],
    ['cosine(0.1 5‸)', 'expected a comma or ); got 5'],
    ['cosine(0.1,,‸5)', 'expected a number, a name or a list; got ,'],
    ['cosine(0.1, 5)x‸', 'expected the end; got x'],
    ['cosine(0.1, 5))‸', 'expected the end; got )'],
    ['(‸0.1)', 'expected a number, a name or a list; got ('],
  ])('%s', (marked, message) => {
    const at = marked.indexOf('‸') - 1;
    const text = marked.replace('‸', '');
    const lines = messageOf(() => resolveSchedule(text)).split('\n');
    expect(lines[0]).toContain(message);
    expect(lines.slice(1)).toEqual([`  ${text}`, `  ${' '.repeat(at)}^`]);
  });

  test.each(['', 'cosine(', 'cosine(0.1', 'cosine(0.1,', 'cosine(0.1, steps=', 'join([0.1'])(
    'the end of %j, after which something is missing',
    (text) => {
      const lines = messageOf(() => resolveSchedule(text)).split('\n');
      expect(lines[0]).toMatch(/^expected .*; the text ends$/);
      expect(lines[2]).toBe(`  ${' '.repeat(text.length)}^`);
    },
  );

  test('a line break or tab before it takes one column, so that the mark still fits', () => {
    const lines = messageOf(() => resolveSchedule('cosine(\n\t0.1, stps=3)')).split('\n');
    expect(lines[1]).toBe('  cosine(  0.1, stps=3)');
    expect(lines[1]?.indexOf('stps')).toBe(lines[2]?.indexOf('^'));
  });
});

test('a text that is nested beyond all measure is refused, and of a long text the surroundings of the fault are shown', () => {
  const message = messageOf(() => resolveSchedule(`${'join('.repeat(1e5)}1`));
  expect(message).toMatch(/^lists and schedules are nested more than 100 deep\n {2}….*join\(.*…\n +\^$/);
  expect(message.length).toBeLessThan(400);
  const [, shown = '', mark = ''] = messageOf(() => resolveSchedule(`join(${'0.1, '.repeat(100)}?, at=1)`)).split('\n');
  expect(shown[mark.indexOf('^')]).toBe('?');
});
