import { describe, expect, test } from 'vitest';
import { graphemes, isEmoji } from '../../src/text/graphemes.js';

describe('graphemes', () => {
  test.each([
    ['loss 0.1', ['l', 'o', 's', 's', ' ', '0', '.', '1']],
    ['e\u0301a', ['e\u0301', 'a']],
    ['👩‍👩‍👧🇩🇪👍🏽', ['👩‍👩‍👧', '🇩🇪', '👍🏽']],
    ['कि模', ['कि', '模']],
    ['', []],
  ])('of %j are what a reader takes for characters', (text, expected) => {
    expect(graphemes(text)).toEqual(expected);
  });

  test('join to the text again, also broken pairs', () => {
    const odd = 'a\ud800b\0c\u200d\u202e模🙂';
    expect(graphemes(odd).join('')).toBe(odd);
  });

  test.each(['🙂', '👩‍👩‍👧', '❤️', '1️⃣', '🇩🇪', '👍🏽'])('%s is an emoji', (text) => {
    expect(isEmoji(text)).toBe(true);
  });

  test.each(['❤', '1', '#', '©', '模', '→', 'e\u0301'])('%s is none', (text) => {
    expect(isEmoji(text)).toBe(false);
  });
});
