import { describe, expect, test } from 'vitest';
import { lossByGroup, renderSvg, trainingComparison } from '../../src/index.js';
import { readableName, withReadableNames } from '../../src/text/readable-names.js';
import { sampleGroups, sampleSweep } from '../sample-sweep.js';
import { sampleComparison } from '../sample-training.js';

const arabic = 'نموذج 7';

describe('a name', () => {
  test.each(['adam, 0.001', '模型', 'слой 🙂', ''])('from left to right stays as it is: %j', (name) => {
    expect(readableName(name)).toBe(name);
  });

  test.each([arabic, 'שלום', 'net שלום'])('from right to left has a direction of its own: %j', (name) => {
    expect(readableName(name)).toBe(`\u2068${name}\u2069`);
    expect(readableName(readableName(name))).toBe(readableName(name));
  });

  test('loses marks of direction, which would turn round what follows', () => {
    expect(readableName('a\u202ecod\u202c.exe\u2067')).toBe('acod.exe');
  });
});

describe('a result', () => {
  test('without such names is the same object', () => {
    const result = sampleSweep({ steps: 5 });
    expect(withReadableNames(result)).toBe(result);
  });

  test('has such names set apart, also in sentences, and all else as it was', () => {
    const comparison = sampleComparison({ [arabic]: {}, [`${arabic} ب`]: { floor: 0.4 }, plain: { floor: 0.6 } }, 1);
    const { trials, ranking, conclusions } = withReadableNames(comparison);
    const isolated = `\u2068${arabic}\u2069`;
    expect(trials.map(({ name }) => name)).toEqual([isolated, `\u2068${arabic} ب\u2069`, 'plain']);
    expect(ranking[0]?.name).toBe(isolated);
    expect(conclusions.join()).toBe(
      comparison.conclusions.join().replaceAll(new RegExp(`${arabic}(?: ب)?`, 'g'), '\u2068$&\u2069'),
    );
    expect(trials[0]?.trainings).toEqual(comparison.trials[0]?.trainings);
  });

  test('with such names is drawn with them set apart from the facts', async () => {
    const svg = await renderSvg(lossByGroup(sampleGroups(2, { steps: 20 }, [arabic])));
    expect(svg).toContain(`>\u2068${arabic}\u2069 – 0.045 (0.015 to 0.12)<`);
    expect(await renderSvg(trainingComparison(sampleComparison({ 'a\u202eb': {}, c: {} })))).toContain('>1. ab<');
  });
});
