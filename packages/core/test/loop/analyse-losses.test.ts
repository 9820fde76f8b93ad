import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { analyseLosses, type RecordedLoss } from '../../src/loop/analyse-losses.js';
import { findRate } from '../../src/loop/find-rate.js';
import { toyLoop } from './toy-loop.js';

const schema = JSON.parse(readFileSync(new URL('../../sweep.schema.json', import.meta.url), 'utf8'));
const isSweep = new Ajv({ strict: false }).compile(schema);

/** The losses of a search of which one sweep goes to the last rate. */
async function recorded() {
  const loop = toyLoop();
  const options = { startLr: 1e-4, endLr: 2, steps: 60, repeats: 3, optimizer: 'sgd' } as const;
  const result = await findRate(loop.step, { reset: loop.reset, ...options });
  expect(result.sweeps.some(({ stopped }) => stopped === 'end')).toBe(true);
  const losses: RecordedLoss[] = result.sweeps.flatMap(({ seed, points }) =>
    points.map(({ rate, loss }) => ({ rate, loss, seed })),
  );
  return { result, losses };
}

test('losses that findRate measured give its conclusions bit for bit, in any order', async () => {
  const { result, losses } = await recorded();
  const { setup: _, options: __, environment: ___, ...conclusions } = result;
  const read = analyseLosses(losses, { optimizer: 'sgd' });
  expect(read).toMatchObject(conclusions);
  expect(read.setup.notes).toEqual([]);
  expect(isSweep(JSON.parse(JSON.stringify(read))), JSON.stringify(isSweep.errors)).toBe(true);
  const shuffled = analyseLosses(
    losses.toSorted((a, b) => (a.loss ?? 0) - (b.loss ?? 0)),
    { optimizer: 'sgd' },
  );
  expect(shuffled).toMatchObject(conclusions);
  expect(shuffled.setup.notes).toEqual(['rates did not rise step by step in 3 sweeps: sorted by rate']);
});

test('losses of a sweep at one rate are averaged, with a note', () => {
  const losses = [1, 2, 3, 4].flatMap((rate) => [
    { rate, loss: 1 / rate },
    { rate, loss: 3 / rate },
  ]);
  const { sweeps, setup } = analyseLosses(losses);
  expect(sweeps).toEqual([
    { seed: 0, points: [1, 2, 3, 4].map((rate, step) => ({ step, rate, loss: 2 / rate })), stopped: 'end' },
  ]);
  expect(setup.notes).toContain('4 steps at a rate that the sweep had already: their losses are averaged');
});

test('a sweep ends with its first loss that is not finite, with a note where others follow', () => {
  const losses = [0.5, 0.4, Number.NaN, 0.3, Number.POSITIVE_INFINITY].map((loss, i) => ({
    rate: 10 ** (i - 4),
    loss,
  }));
  const { sweeps, setup } = analyseLosses(losses);
  expect(sweeps[0]?.points.map(({ loss }) => loss)).toEqual([0.5, 0.4, null]);
  expect(sweeps[0]?.stopped).toBe('not-finite');
  expect(setup.notes).toContain('1 step at higher rates than a loss that is not finite: left out');
});

test('equal steps of rates may begin at 0, which is left out', () => {
  const losses = Array.from({ length: 50 }, (_, i) => ({ rate: i / 50, loss: 1 / (1 + i) }));
  const { sweeps, setup } = analyseLosses(losses);
  expect(sweeps[0]?.points).toHaveLength(49);
  expect(setup.notes).toContain('1 step at rate 0 left out: it has no place among factors');
});

test('sweeps may end at different rates, but go through the same ones', () => {
  const sweep = (seed: number, rates: readonly number[]) => rates.map((rate) => ({ seed, rate, loss: 1 }));
  const { sweeps } = analyseLosses([...sweep(0, [1, 2, 3]), ...sweep(1, [1.0000001, 2])]);
  expect(sweeps.map(({ points, stopped }) => [points.map(({ rate }) => rate), stopped])).toEqual([
    [[1, 2, 3], 'end'],
    [[1, 2], 'diverged'],
  ]);
  expect(() => analyseLosses([...sweep(0, [1, 2, 3]), ...sweep(1, [1, 2.5])])).toThrow(
    'losses[4]: sweeps must have the same rates; seed 1 has 2.5 as its rate number 2, and another seed 2',
  );
});

test.each([
  ['no list', 3, 'losses must be a list of { rate, loss }; got 3'],
  ['no losses', [], 'losses must be at 2 to 10000 different rates in a sweep; got 0'],
  ['a negative rate', [{ rate: -1, loss: 1 }], 'losses[0]: rate must be a number from 1e-37 to 1e+37; got -1'],
  [
    'a rate that is not finite',
    [{ rate: Number.NaN, loss: 1 }],
    'losses[0]: rate must be a number from 1e-37 to 1e+37; got NaN',
  ],
  ['a text', [{ rate: 1, loss: '1' }], 'losses[0]: loss must be a number or null; got "1"'],
  ['half a seed', [{ rate: 1, loss: 1, seed: 0.5 }], 'losses[0]: seed must be a whole number at least 0; got 0.5'],
  ['nothing', [undefined], 'losses[0]: rate must be a number from 1e-37 to 1e+37; got undefined'],
  [
    'too many rates',
    Array.from({ length: 10_001 }, (_, i) => ({ rate: i + 1, loss: 1 })),
    'different rates in a sweep; got 10001: leave out steps, or average several',
  ],
])('%s is refused', (_, losses, message) => {
  expect(() => analyseLosses(losses as RecordedLoss[])).toThrow(message);
});
