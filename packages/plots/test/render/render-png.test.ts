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
