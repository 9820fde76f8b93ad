import { InputError } from '@lrfind/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lossByRate, renderSvg } from '../../src/index.js';
import { sampleSweep } from '../sample-sweep.js';
import { boxes } from '../svg-boxes.js';

const spec = lossByRate(sampleSweep({ steps: 30 }));
const bar = {
  data: { values: [{ a: 'x', b: 3 }] },
  mark: 'bar',
  encoding: { x: { field: 'a' }, y: { field: 'b', type: 'quantitative' } },
} as const;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an SVG', () => {
  test('of equal specifications is equal to the byte, whatever was drawn in between or at the same time', async () => {
    const first = await renderSvg(spec);
    await renderSvg(lossByRate(sampleSweep({ steps: 20 }), { theme: 'dark' }));
    const [second, third] = await Promise.all([renderSvg(structuredClone(spec)), renderSvg(spec)]);
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  test('has ids that no other chart has, and refers to all of them', async () => {
    const other = await renderSvg(lossByRate(sampleSweep({ steps: 30 }), { theme: 'dark' }));
    const [ids, otherIds] = [await renderSvg(spec), other].map((svg) =>
      [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id),
    );
    const references = [...(await renderSvg(spec)).matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(ids?.length).toBeGreaterThan(0);
    expect(new Set(references)).toEqual(new Set(ids));
    expect(ids?.filter((id) => otherIds?.includes(id))).toEqual([]);
  });

  test('is one image with a name and a description', async () => {
    const svg = await renderSvg(spec);
    expect(svg).toMatch(/^<svg role="img" aria-label="Loss against learning rate for mnist-mlp[^"]*0\.0045[^"]*" /);
    expect(svg).toContain('<title>Suggested learning rate 0.0045 (0.0015 to 0.012, sure)</title>');
    expect(svg.match(/ (role|aria-[a-z]+)=/g)).toEqual([' role=', ' aria-label=']);
  });

  test('names the bundled font first, and similar fonts after it', async () => {
    const fonts = new Set([...(await renderSvg(spec)).matchAll(/font-family="([^"]*)"/g)].map(([, font]) => font));
    expect([...fonts]).toEqual(['DejaVu Sans, Verdana, sans-serif']);
  });

  test('has lengths of at most two decimals', async () => {
    const svg = await renderSvg(spec);
    expect(svg.match(/ (?:d|transform|[xy]2?|width|height)="[^"]*\.\d{3}[^"]*"/g)).toBeNull();
  });

  test('is well-formed where texts hold what XML would misread', async () => {
    const result = sampleSweep({ steps: 5 });
    result.setup.model = '<b>&"\'</b>';
    const svg = await renderSvg(lossByRate(result, { title: '<a href="x"> & id="y"' }));
    const { texts } = boxes(svg);
    expect(texts.map(({ text }) => text)).toContain('<a href="x"> & id="y"');
    expect(texts.some(({ text }) => text.startsWith('<b>&"\'</b> · Adam'))).toBe(true);
    expect(svg).not.toMatch(/<(a|b)[ >]/);
  });

  test('draws any other Vega-Lite specification, in the bundled font', async () => {
    const svg = await renderSvg({ ...bar, title: 'Other' });
    expect(svg).toContain('<title>Other</title>');
    expect(svg).toMatch(/font-family="DejaVu Sans, Verdana, sans-serif"[^>]*>x</);
  });

  test('prints nothing, and passes warnings to the listener', async () => {
    const methods = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name));
    const stderr = vi.spyOn(process.stderr, 'write');
    const stdout = vi.spyOn(process.stdout, 'write');
    const warnings: string[] = [];
    const odd = { ...bar, autosize: { type: 'fit' }, width: { step: 20 } } as const;
    await renderSvg(odd, { onWarning: (warning) => warnings.push(warning) });
    await renderSvg(odd);
    await renderSvg(spec);
    for (const spy of [...methods, stderr, stdout]) expect(spy).not.toHaveBeenCalled();
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.join()).toMatch(/fit/);
  });

  test.each([null, 3, 'text', [], {}, { mark: 3 }])('of %j is refused', async (wrong) => {
    await expect(renderSvg(wrong as never)).rejects.toThrow(InputError);
  });
});
