import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { afterEach, expect, test, vi } from 'vitest';
import { progressOn } from '../../../src/shared/terminal/progress.js';
import { restoreTerminal } from '../../../src/shared/terminal/restore.js';
import { styled } from '../../../src/shared/terminal/style.js';
import { textTable } from '../../../src/shared/terminal/text.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('numbers of a column stand with their points under each other', () => {
  const rows = [
    ['a', '0.6289 ± 0.046', '1,024'],
    ['b', '12.042', '7'],
    ['c', '', '−3'],
  ];
  expect(textTable(rows, ['', 'loss', 'rows'])).toEqual([
    '    loss              rows',
    'a    0.6289 ± 0.046   1,024',
    'b   12.042                7',
    'c                        −3',
  ]);
});

test('a column in which not every cell begins with a number, or one has an exponent, stays as it is', () => {
  expect(textTable([['1.5e-4'], ['12.5']], ['rate'])).toEqual(['rate', '1.5e-4', '12.5']);
  expect(textTable([['none'], ['12']], ['rate'])).toEqual(['rate', 'none', '12']);
});

test('colours take no width', () => {
  const red = '\u001b[31m7\u001b[39m';
  expect(
    textTable(
      [
        [red, 'x'],
        ['123', 'y'],
      ],
      ['n', ''],
    ),
  ).toEqual(['n', `  ${red}   x`, '123   y']);
});

/** Node's own rule, for a terminal that knows colours. */
const getColorDepth = () => WriteStream.prototype.getColorDepth({ ...process.env, TERM: 'xterm' });
const terminal = Object.assign(new PassThrough(), { isTTY: true, getColorDepth }) as never;
const file = new PassThrough() as never;

test.each([
  ['a terminal there are colours', terminal, {}, true],
  ['a terminal with NO_COLOR there are none', terminal, { NO_COLOR: '1' }, false],
  ['a file there are none', file, {}, false],
  ['a file with FORCE_COLOR there are', file, { FORCE_COLOR: '1' }, true],
])('on %s', (_, stream, env, coloured) => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(styled('good', 'sure', stream) !== 'sure').toBe(coloured);
});

test('in the log of a CI a line comes now and then, and the first not at once', () => {
  vi.stubEnv('CI', 'true');
  vi.useFakeTimers({ toFake: ['performance'] });
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const show = progressOn('sweep {sweep}/{sweeps} | rate {rate}');
  for (let second = 0; second < 65; second++) {
    show(second, 65, { sweep: 1, sweeps: 5, rate: '0.01' });
    vi.advanceTimersByTime(1000);
  }
  restoreTerminal();
  expect(lines).toEqual([
    '30% | sweep 1/5 | rate 0.01\n',
    '61% | sweep 1/5 | rate 0.01\n',
    '92% | sweep 1/5 | rate 0.01\n',
  ]);
});
