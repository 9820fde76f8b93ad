import { InputError } from '@lrfind/core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { lossByRate, renderPng, renderSvg } from '../../src/index.js';
import { sampleSweep } from '../sample-sweep.js';
import { boxes } from '../svg-boxes.js';

const spec = lossByRate(sampleSweep({ steps: 30 }), { width: 500, height: 400 });

describe('a PNG', () => {
  test.each([
    [undefined, 1000, 800],
    [1, 500, 400],
    [3, 1500, 1200],
  ])('at scale %s has %d by %d pixels', async (scale, width, height) => {
    const png = await renderPng(spec, { scale });
    expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width, height, density: 96 * (scale ?? 2) });
  });

  test('is the same from a specification and from its SVG', async () => {
    expect(await renderPng(await renderSvg(spec))).toEqual(await renderPng(spec));
  });

  test('shows every text: its colour is at its position', async () => {
    const svg = await renderSvg(spec);
    const { data, info } = await sharp(await renderPng(svg, { scale: 2 }))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { texts } = boxes(svg);
    expect(texts.length).toBeGreaterThan(15);
    for (const { text, fill, left, right, top, bottom } of texts) {
      const wanted = [1, 3, 5].map((at) => Number.parseInt(fill.slice(at, at + 2), 16));
      let inked = 0;
      for (let y = Math.ceil(2 * top); y < 2 * bottom; y++) {
        for (let x = Math.ceil(2 * left); x < 2 * right; x++) {
          const pixel = [...data.subarray(info.channels * (y * info.width + x)).subarray(0, 3)];
          if (pixel.every((channel, index) => Math.abs(channel - (wanted[index] as number)) < 40)) inked += 1;
        }
      }
      // Letters ink about a sixth of their box; a tenth of that would be a stray line.
      expect(inked / (4 * (right - left) * (bottom - top)), text).toBeGreaterThan(0.02);
    }
  });

  test('shows characters that XML does not allow as replaced', async () => {
    const named = (model: string) => {
      const result = sampleSweep({ steps: 30 });
      return lossByRate({ ...result, setup: { ...result.setup, model } });
    };
    const odd = await renderPng(named('a\0b\x1b[31m\ud800c\uffff'));
    expect(odd).toEqual(await renderPng(named('a\ufffdb\ufffd[31m\ufffdc\ufffd')));
    expect(await renderSvg(named('smile 😀'))).toContain('😀');
  });

  // resvg ends the process for a group that has no pixel on the canvas.
  const far = '<rect x="0" y="-480" width="5" height="5"/><path d="M0,-490L60,-480" stroke="red"/>';
  const defs =
    '<defs><clipPath id="c"><rect width="50" height="50"/></clipPath><mask id="m"><rect width="9" height="9" fill="white"/></mask></defs>';
  test.each([
    ['opacity', `<g opacity="0.5">${far}</g>`],
    ['an opacity of its own', '<path d="M0,-490L60,-480" stroke="red" opacity="0.5"/>'],
    ['a clipping path', `<g clip-path="url(#c)">${far}</g>`],
    ['a mask', `<g mask="url(#m)">${far}</g>`],
    ['transformations', `<g transform="rotate(20) translate(5, 1000) scale(0.01)"><g opacity="0.5">${far}</g></g>`],
    ['a group around it', `<g opacity="0.9"><rect width="1" height="1" fill="#fff"/><g opacity="0.5">${far}</g></g>`],
    ['text', '<text x="10" y="-480" opacity="0.5">a</text>'],
  ])('leaves out what lies beside it, with %s, and keeps the rest', async (_, beside) => {
    const svg = (contents: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${defs}<rect width="100" height="100" fill="#fff"/><rect x="60" y="60" width="20" height="20" fill="#0b4db8" opacity="0.5"/>${contents}</svg>`;
    const pixels = async (document: string) =>
      sharp(await renderPng(document))
        .removeAlpha()
        .raw()
        .toBuffer();
    expect(await pixels(svg(beside))).toEqual(await pixels(svg('')));
  });

  test('of the dark theme is dark', async () => {
    const png = await renderPng(lossByRate(sampleSweep({ steps: 30 }), { theme: 'dark' }), { scale: 1 });
    const { data } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).toEqual([0x14, 0x17, 0x1c]);
  });

  test('keeps the quartiles whole where they reach far beyond the panel', async () => {
    const result = sampleSweep({ steps: 30, explosion: null });
    const last = result.curve.at(-1) as (typeof result.curve)[number];
    last.low = -1e30;
    last.high = 1e30;
    const pixels = async (drawn: typeof result) => {
      const png = await renderPng(lossByRate(drawn, { width: 500, height: 400 }), { scale: 1 });
      return sharp(png).removeAlpha().raw().toBuffer();
    };
    const [wild, tame] = [await pixels(result), await pixels(sampleSweep({ steps: 30, explosion: null }))];
    // The last point changes nothing on the left, except for the choice of the palette.
    let largest = 0;
    for (let y = 0; y < 400; y++) {
      for (let at = 3 * (500 * y + 80); at < 3 * (500 * y + 200); at++) {
        largest = Math.max(largest, Math.abs((wild[at] as number) - (tame[at] as number)));
      }
    }
    expect(largest).toBeLessThan(30);
  });
});

describe('a mistake', () => {
  test.each([0, -1, 9, Number.NaN, '2'])('in the scale (%s) has a message', async (scale) => {
    await expect(renderPng(spec, { scale: scale as number })).rejects.toThrow(
      /^scale must be a number above 0 and at most 8; got /,
    );
    await expect(renderPng(spec, { scale: scale as number })).rejects.toThrow(InputError);
  });

  test('in the size has a message before anything is drawn', async () => {
    const wide = lossByRate(sampleSweep({ steps: 5 }), { width: 4000, height: 300 });
    await expect(renderPng(wide, { scale: 8 })).rejects.toThrow(
      new InputError('scale must give at most 16384 pixels to a side; got 8 for 4000 by 300 pixels'),
    );
  });

  test('in the chart has a message', async () => {
    await expect(renderPng('no chart')).rejects.toThrow(/^chart must be an SVG document: /);
    await expect(renderPng('no chart')).rejects.toThrow(InputError);
  });
});
