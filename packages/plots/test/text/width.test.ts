import { describe, expect, test } from 'vitest';
import { dejavuSans, unitsPerEm } from '../../src/text/dejavu-sans.js';
import { cutText, textWidth, wrapText } from '../../src/text/width.js';
import { bold, measured, regular } from '../truetype.js';

describe('the table of widths', () => {
  test.each([
    ['normal', regular],
    ['bold', bold],
  ] as const)('holds the advance widths of the font file (%s)', (weight, font) => {
    expect(unitsPerEm).toBe(font.unitsPerEm);
    let characters = 0;
    for (const { first, widths } of dejavuSans[weight]) {
      expect(widths).toEqual(widths.map((_, index) => font.advance(first + index)));
      characters += widths.length;
    }
    expect(characters).toBeGreaterThan(500);
  });

  test.each(['suggestion 0.0032', 'steepest descent 3.2×10⁻⁴', 'Größe → Ωμέγα · Привет …'])(
    'measures "%s" as the font does',
    (text) => {
      expect(textWidth(text, 11)).toBeCloseTo(measured(text, 11, regular), 9);
      expect(textWidth(text, 15, 'bold')).toBeCloseTo(measured(text, 15, bold), 9);
    },
  );

  test('takes a character outside the table for a full em, as wide as Chinese ones are', () => {
    expect(textWidth('模型', 10)).toBe(20);
    expect(textWidth('Ａ', 10)).toBe(10);
  });

  test.each(['👩‍👩‍👧', '🇩🇪', '👍🏽', '1️⃣'])('counts the emoji %s once', (emoji) => {
    expect(textWidth(emoji, 10)).toBe(textWidth('🙂', 10));
  });

  test.each([
    ['e\u0301', 'e'],
    ['\u202ea\u200f', 'a'],
    ['क\u093f', 'क'],
  ])('gives marks no width: %j', (marked, bare) => {
    expect(textWidth(marked, 11)).toBe(textWidth(bare, 11));
  });

  // The letters of the font's Arabic in their isolated forms are wider than joined ones.
  test.each(['học sâu', 'שלום', 'ქართული', 'Հայերեն'])('measures "%s" as the font does', (text) => {
    expect(textWidth(text, 11)).toBeCloseTo(measured(text.normalize(), 11, regular), 9);
  });
});

describe('wrapped text', () => {
  const words = 'the loss never fell beyond its noise';

  test('keeps all words, in lines that fit', () => {
    const lines = wrapText(words, 100, 9, 11);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(words);
    for (const line of lines) expect(textWidth(line, 11)).toBeLessThanOrEqual(100);
  });

  test('ends in an ellipsis where the lines are too few', () => {
    const lines = wrapText(words, 70, 2, 11);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
    for (const line of lines) expect(textWidth(line, 11)).toBeLessThanOrEqual(70);
  });

  test('cuts a word that is longer than a line', () => {
    const lines = wrapText(`a ${'x'.repeat(99)} b`, 100, 3, 11);
    expect(lines[0]).toBe('a');
    expect(lines[1]).toMatch(/^x+…$/);
    expect(lines[2]).toBe('b');
  });

  test('keeps graphemes whole where it cuts', () => {
    const [line = ''] = wrapText('👩‍👩‍👧'.repeat(20), 100, 1, 10);
    expect(line).toMatch(/^(?:👩‍👩‍👧)+…$/u);
    expect(textWidth(line, 10)).toBeLessThanOrEqual(100);
  });

  test('of a name of 10,000 characters takes no time', () => {
    const begin = performance.now();
    expect(cutText('模'.repeat(10_000), 100, 10)).toBe(`${'模'.repeat(5)}…${'模'.repeat(4)}`);
    expect(wrapText('n'.repeat(10_000), 100, 2, 10)).toHaveLength(1);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  test('of nothing has no line', () => {
    expect(wrapText('  ', 100, 3, 11)).toEqual([]);
  });
});
