import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '@lrfind/core';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { lossByRate, renderPng } from '../../src/index.js';
import { isBundled } from '../../src/render/fonts/bundled-fonts.js';
import { needsOtherFonts } from '../../src/render/fonts/substituted-fonts.js';
import { substitutes } from '../../src/render/fonts/system-fonts.js';
import { sampleSweep } from '../sample-sweep.js';

const { resolve } = createRequire(import.meta.url);
/** The other fonts in the package of the bundled one take the part of those of a system. */
const folder = dirname(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
const temporary = mkdtempSync(join(tmpdir(), 'lrfind-fonts-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const document = (texts: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60"><rect width="300" height="60" fill="#fff"/>${texts}</svg>`;
const text = (content: string, attributes = 'x="10" y="40"') =>
  document(`<text ${attributes} font-size="20" font-family="DejaVu Sans">${content}</text>`);

/** Draws a text, and finds the columns that have ink, and the colour that there is most of besides white. */
async function drawn(svg: string, fontFolders: readonly string[]) {
  const warnings: string[] = [];
  const png = await renderPng(svg, { scale: 1, fontFolders, onWarning: (warning) => warnings.push(warning) });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const columns: number[] = [];
  for (let x = 0; x < info.width; x++) {
    const inked = Array.from({ length: info.height }, (_, y) => data[3 * (y * info.width + x) + 2] as number);
    if (inked.some((blue) => blue < 128)) columns.push(x);
  }
  return { png, warnings, left: columns[0] as number, right: columns.at(-1) as number };
}

// The bundled font has no APL functional symbols; DejaVu Sans Mono has them, each 1233 / 2048 of an em wide.
const APL = '⌸';

describe('a character that the bundled font lacks', () => {
  test('is drawn from a font that has it, and the text behind it is where its width ends', async () => {
    const [with_, without, bare] = [
      await drawn(text(`${APL.repeat(4)}I`), [folder]),
      await drawn(text(`${APL.repeat(4)}I`), []),
      await drawn(text('I'), []),
    ];
    expect(with_.warnings).toEqual([]);
    expect(without.warnings).toHaveLength(1);
    expect(with_.png).not.toEqual(without.png);
    expect(with_.right - bare.right).toBeCloseTo((4 * 20 * 1233) / 2048, -0.5);
  });

  test.each(['start', 'middle', 'end'])('is drawn at the %s of a text where it would be alone', async (anchor) => {
    const { left, right } = await drawn(text(APL.repeat(6), `x="150" y="40" text-anchor="${anchor}"`), [folder]);
    const width = (6 * 20 * 1233) / 2048;
    const begin = { start: 150, middle: 150 - width / 2, end: 150 - width }[anchor] as number;
    expect(Math.abs(left - begin)).toBeLessThan(3);
    expect(Math.abs(right - begin - width)).toBeLessThan(3);
  });

  test('is named with what to install where no font has it; the picture is drawn all the same', async () => {
    const { png, warnings } = await drawn(text('模型 🙂 हिन्दी'), []);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(warnings).toEqual([
      expect.stringMatching(
        /^no font was found for 模 型 🙂 हि न्दी: the picture shows boxes in their place; install .*/,
      ),
    ]);
    for (const name of ['fonts-noto-cjk', 'fonts-noto-color-emoji', 'fonts-noto-core'])
      expect(warnings[0]).toContain(name);
  });

  test('is named once, and of many only some', async () => {
    const { warnings } = await drawn(text('一丁丂七丄丅丆万丈三上下一丁'), []);
    expect(warnings[0]).toMatch(
      /^no font was found for 一 丁 丂 七 丄 丅 丆 万 and 4 more: .*Ubuntu: fonts-noto-cjk\)/,
    );
  });

  test('in a name is drawn in a chart of that name', async () => {
    const warnings: string[] = [];
    const result = sampleSweep({ steps: 10 });
    result.setup.model = `model ${APL} 模`;
    const onWarning = (warning: string) => warnings.push(warning);
    await renderPng(lossByRate(result), { scale: 0.5, fontFolders: [folder], onWarning });
    expect(warnings).toEqual([expect.stringMatching(/^no font was found for 模:/)]);
  });
});

test('text of the bundled font needs no other, and so is the same on all machines', async () => {
  for (const plain of [
    'Größe → 3.2×10⁻⁴ ≈ 0',
    'Привет Ωμέγα',
    'نموذج التعلم',
    'שלום',
    'e\u0301',
    'a\ufe0f\u200d',
    '∀ ∞',
  ])
    expect(needsOtherFonts(text(plain)), plain).toBe(false);
  for (const other of ['模', '🙂', '😀', '❤️', 'हि', APL, '&#x6a21;'])
    expect(needsOtherFonts(text(other)), other).toBe(true);
});

test('the characters that are never looked up are in the bundled font', () => {
  for (let code = 0x20; code < 0x10000; code++) {
    const character = String.fromCodePoint(code);
    // Private use, unassigned and half characters are nobody's text, and selectors of variants are not drawn.
    if (
      /\p{C}|\p{Z}|\p{Variation_Selector}|\u034f/u.test(character) ||
      needsOtherFonts(text(character)) ||
      '<&'.includes(character)
    )
      continue;
    expect(isBundled(code), character).toBe(true);
  }
});

test('markup that is no text stays as it is', async () => {
  const titled = document(
    '<title>模</title><desc>🙂</desc><text x="10" y="40" font-family="DejaVu Sans">a &amp; b &lt;</text>',
  );
  const { warnings } = await drawn(titled, []);
  expect(warnings).toEqual([]);
});

describe('fonts of a system', () => {
  test('are chosen plain before bold, serif or of one width', () => {
    const has = (code: number) => substitutes([code], 'text', [folder]).fonts.map(({ family }) => family);
    expect(has(0x41)).toEqual(['DejaVu Sans']);
    expect(has(0x2338)).toEqual(['DejaVu Sans Mono']);
  });

  test('that are damaged, or are no fonts, are passed over', () => {
    writeFileSync(join(temporary, 'text.ttf'), 'no font');
    writeFileSync(join(temporary, 'empty.otf'), '');
    writeFileSync(join(temporary, 'cut.ttc'), Buffer.from('ttcf\0\x01\0\0\0\0\x10\0\0\0', 'latin1'));
    writeFileSync(join(temporary, 'odd.ttf'), Buffer.alloc(2000, 0xff));
    expect(substitutes([0x41], 'text', [temporary, join(temporary, 'none')])).toEqual({ fonts: [], missing: [0x41] });
  });

  test('are folders', async () => {
    await expect(renderPng(text('a'), { fontFolders: 'x' as never })).rejects.toThrow(
      new InputError('fontFolders must be a list of folders; got "x"'),
    );
  });
});
