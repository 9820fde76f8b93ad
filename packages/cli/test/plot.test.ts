import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { storedRun } from './stored-run.js';
import { point, storedComparison, storedTraining, trained } from './stored-trainings.js';
import { workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** What a stored result becomes as a file of this ending. */
async function plotted(result: object, ending: string): Promise<string> {
  const out = here.path(`out${ending}`);
  const { code, stdout, stderr } = await lrfind('plot', here.put('result.json', result), '--out', out);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${out}\n` });
  return readFileSync(out, 'utf8');
}

test('a training becomes a table with a row for each point, what is not there left empty', async () => {
  const training = storedTraining([point(1, 0.5, 0.25, 0.75), point(2, null, 0.5), point(3, 0.125, 1, 0.5)]);
  expect(await plotted(training, '.csv')).toBe(
    [
      'epoch,step,rate,loss,accuracy,val_loss,val_accuracy',
      '1,2,0.1,0.5,0.25,0.75,0.125',
      '2,4,0.1,,0.5,,',
      '3,6,0.1,0.125,1,0.5,0.5',
      '',
    ].join('\n'),
  );
});

test('a training without held-out rows has no columns for them, and one without points a header alone', async () => {
  expect(await plotted(storedTraining([point(1, 0.5, 0.25)]), '.csv')).toBe(
    'epoch,step,rate,loss,accuracy\n1,2,0.1,0.5,0.25\n',
  );
  expect(await plotted(storedTraining([]), '.csv')).toBe('epoch,step,rate,loss\n');
});

test('a comparison becomes a table with a row for each run, seed and point; names are quoted where they must be', async () => {
  const comparison = storedComparison({
    'cosine(0.1, steps=4)': [trained(0, [point(1, 0.5, 1)]), trained(1, [point(1, 0.25, 1)])],
    'the "other"': [trained(0, [point(1, 2, 0, 3), point(2, 1, 0, 2)])],
    plain: [trained(0, [])],
  });
  expect(await plotted(comparison, '.csv')).toBe(
    [
      'run,seed,epoch,step,rate,loss,accuracy,val_loss,val_accuracy',
      '"cosine(0.1, steps=4)",0,1,2,0.1,0.5,1,,',
      '"cosine(0.1, steps=4)",1,1,2,0.1,0.25,1,,',
      '"the ""other""",0,1,2,0.1,2,0,3,0',
      '"the ""other""",0,2,4,0.1,1,0,2,0',
      '',
    ].join('\n'),
  );
});

test.each([
  ['run', storedRun(null, 0.01)],
  ['training', storedTraining([point(1, 0.5, 0.25)])],
  ['comparison', storedComparison({ a: [trained(0, [point(1, 0.5, 1)])] })],
])('a %s as JSON is what it was', async (_, result) => {
  expect(JSON.parse(await plotted(result, '.json'))).toEqual(result);
});
