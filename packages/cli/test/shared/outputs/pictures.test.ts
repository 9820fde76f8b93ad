import { expect, test } from 'vitest';
import { pictureFormats } from '../../../src/shared/outputs/pictures.js';

const chart = { data: { values: [{ x: 1, y: 2 }] }, mark: 'point', encoding: { x: { field: 'x' }, y: { field: 'y' } } };

/** Draws a subject in both formats. */
async function drawn(formats: ReturnType<typeof pictureFormats<{ picture: object }>>, subject: { picture: object }) {
  const parts = [];
  for (const ending of ['.png', '.svg']) {
    const draw = await formats[ending]?.(subject);
    parts.push(typeof draw === 'function' ? await draw() : draw);
  }
  return parts;
}

test('a chart that becomes a PNG and an SVG is laid out once, and another one again', async () => {
  let described = 0;
  const formats = pictureFormats<{ picture: object }>(async () => {
    described += 1;
    return chart as never;
  });
  const subject = { picture: {} };
  const [png, svg] = await drawn(formats, subject);
  expect(described).toBe(1);
  expect([...(png as Buffer).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  expect(svg).toMatch(/^<svg /);
  await drawn(formats, { picture: {} });
  expect(described).toBe(2);
});
