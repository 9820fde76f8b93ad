import { describe, expect, test } from 'vitest';
import { shortName } from '../../src/text/short-name.js';

const within = (most: number) => (text: string) => text.length <= most;

describe('a name', () => {
  test('that fits stays', () => {
    expect(shortName('adam, 0.01', within(10))).toBe('adam, 0.01');
  });

  test.each([
    ['resnet-like-network, cosine(0.1, steps=500)', 32, 'resnet-…, cosine(0.1, steps=500)'],
    ['mobilenet, adam, 0.003', 16, 'mo…, ad…, 0.003'],
    ['adam, lr 0.003', 12, 'a…, lr 0.003'],
    ['adam, lr 0.003', 8, '…0.003'],
  ])('%s loses words before numbers in %d letters', (name, most, expected) => {
    expect(shortName(name, within(most))).toBe(expected);
  });

  test('without numbers is cut at its end', () => {
    expect(shortName('a very long name', within(8))).toBe('a very…');
  });

  test('is never longer than it may be', () => {
    for (const name of ['resnet-50, one-cycle(0.02, steps=500), 32', 'ключ 0.5', 'x'.repeat(40)])
      for (let most = 1; most < 45; most++) expect(shortName(name, within(most)).length).toBeLessThanOrEqual(most);
  });
});
