import { describe, expect, test } from 'vitest';
import { fitNames } from '../../src/text/fit-names.js';
import { graphemes } from '../../src/text/graphemes.js';

const shorterThan = (most: number) => (text: string) => graphemes(text).length <= most;

describe('a text with names', () => {
  test('that fits stays as it is', () => {
    expect(fitNames('a-long-model-name · Adam', ['a-long-model-name'], shorterThan(24))).toBe(
      'a-long-model-name · Adam',
    );
  });

  test('keeps its facts and both ends of the name', () => {
    // 20 letters less the 7 of ` · Adam` leave 13 for the name: six at each end, and an ellipsis.
    expect(fitNames('abcdefghijklmnopqrstuvwxyz · Adam', ['abcdefghijklmnopqrstuvwxyz'], shorterThan(20))).toBe(
      'abcdef…uvwxyz · Adam',
    );
  });

  test('shortens long names before short ones, to equal lengths', () => {
    const names = ['short', 'x'.repeat(40), 'y'.repeat(30)];
    const text = fitNames(names.join(', '), names, shorterThan(39));
    expect(text).toBe(`short, ${'x'.repeat(7)}…${'x'.repeat(7)}, ${'y'.repeat(7)}…${'y'.repeat(7)}`);
  });

  test('treats a name within a name as a part of it', () => {
    const [inner, outer] = ['resnet-fifty', 'resnet-fifty-with-a-head'];
    // 28 letters less the 12 of the other name and 2 between leave 14: 7, an ellipsis, 6.
    const text = fitNames(`${outer}; ${inner}`, [inner, outer], shorterThan(28));
    expect(text).toBe('resnet-…a-head; resnet-fifty');
  });

  test('never tears a grapheme', () => {
    const name = '👩‍👩‍👧'.repeat(30);
    const text = fitNames(`${name} · Adam`, [name], shorterThan(20));
    expect(text).toBe(`${'👩‍👩‍👧'.repeat(6)}…${'👩‍👩‍👧'.repeat(6)} · Adam`);
  });

  test('keeps eight letters of a name where nothing fits', () => {
    expect(fitNames('abcdefghijkl · facts', ['abcdefghijkl'], () => false)).toBe('abcd…jkl · facts');
  });

  test('of 10,000 characters takes no time', () => {
    const name = 'n'.repeat(10_000);
    const begin = performance.now();
    expect(graphemes(fitNames(`${name} · Adam`, [name], shorterThan(50)))).toHaveLength(50);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
