import axe from 'axe-core';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../src/index.js';
import { fourDigits } from '../../src/report/number-text.js';
import { samples, textsOf } from '../sample-report.js';

const { sweep, training, comparison } = samples;

describe('checked with axe, contrast left to a browser', () => {
  test.each([[[sweep]], [[comparison, sweep, training]]])('a page has no fault (%#)', async (results) => {
    const html = await renderReport(results.map((result) => ({ result, command: 'lrfind --model model.json' })));
    // The page's own script runs, so that axe checks what it shows too.
    const { window } = new JSDOM(html, { runScripts: 'dangerously' });
    window.eval(axe.source);
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(window.document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  });
});

/** A page whose script runs, with charts of 800 pixels shown 400 pixels wide. */
async function opened(result: typeof sweep | typeof comparison) {
  const { window } = new JSDOM(await renderReport([{ result }]), {
    runScripts: 'dangerously',
    pretendToBeVisual: true,
  });
  const { document, Event, MouseEvent, KeyboardEvent } = window;
  for (const drawing of document.querySelectorAll('.drawing')) {
    drawing.getBoundingClientRect = () => ({ left: 100, top: 50, width: 400 }) as DOMRect;
  }
  const slider = document.querySelector('input') as HTMLInputElement;
  return {
    document,
    slider,
    tooltip: document.querySelector('.tooltip') as HTMLElement,
    /** Points at a position of the chart as it was drawn. */
    point: (x: number, y: number) =>
      document
        .querySelector('.stage')
        ?.dispatchEvent(new MouseEvent('pointermove', { clientX: 100 + x / 2, clientY: 50 + y / 2 })),
    move: (stop: number) => {
      slider.value = String(stop);
      slider.dispatchEvent(new Event('input'));
    },
    press: (key: string) => document.dispatchEvent(new KeyboardEvent('keydown', { key })),
    rows: () => textsOf(document, '.tooltip-row:not([hidden])'),
  };
}

const dataOf = (document: Document) => JSON.parse(document.querySelector('figure script')?.textContent ?? '');

describe('in the open page', () => {
  test('pointing at a step shows its rate and values, with lines and dots there', async () => {
    const { document, tooltip, point, rows } = await opened(sweep);
    const [{ panels, y }] = dataOf(document).drawings;
    expect(tooltip.hidden).toBe(true);
    // Step 30 was measured on validation rows.
    point(panels[0].x[30] + 0.4, 200);
    const { rate, smoothed, slope } = sweep.curve[30] as (typeof sweep.curve)[number];
    expect(tooltip.hidden).toBe(false);
    expect(textsOf(tooltip, '.tooltip-title')[0]).toBe(`learning rate ${Number(rate.toPrecision(3))}`);
    const heldOut = sweep.sweeps[0]?.points[30]?.validation;
    expect(rows()).toEqual([
      `smoothed loss ${fourDigits(smoothed)}`,
      `validation loss ${fourDigits(heldOut)}`,
      `slope per decade ${fourDigits(slope)}`,
    ]);
    const crosshair = document.querySelector('.wide .crosshair') as Element;
    for (const line of crosshair.querySelectorAll('line'))
      expect(Number(line.getAttribute('x1'))).toBe(panels[0].x[30]);
    expect([...crosshair.querySelectorAll('circle')].map((circle) => Number(circle.getAttribute('cy')))).toEqual(
      y.map((line: number[]) => line[30]),
    );
    // Step 31 was not.
    point(panels[0].x[31], 200);
    expect(rows()).toHaveLength(2);
  });

  test('the slider does the same for screen readers; Escape hides it', async () => {
    const { slider, tooltip, move, press } = await opened(sweep);
    expect(slider.closest<HTMLElement>('.reader')?.hidden).toBe(false);
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^learning rate 0\.00\d+, smoothed loss /);
    move(0);
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^learning rate 10⁻⁶, smoothed loss 2\.\d{3}, /);
    expect(tooltip.hidden).toBe(false);
    press('Escape');
    expect(tooltip.hidden).toBe(true);
  });

  test('pointing at a panel of a comparison chooses it; the list chooses it for the slider', async () => {
    const { document, slider, point, move, rows } = await opened(comparison);
    const { drawings, groups } = dataOf(document);
    const [{ panels, panelOf }] = drawings;
    const panel = panels[panelOf[groups.indexOf('training accuracy')]];
    point(panel.x[3], (panel.top + panel.bottom) / 2);
    const chooser = document.querySelector('select') as HTMLSelectElement;
    expect(chooser.value).toBe('training accuracy');
    expect(textsOf(document, '.tooltip-title')[0]).toBe('epoch 3, training accuracy');
    // The third trial diverged after two epochs.
    expect(rows().map((row) => row.replace(/ \S+$/, ''))).toEqual(['adam, 0.001', 'cosine(0.01, steps=600)']);
    chooser.value = 'learning rate';
    move(1);
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^epoch 1, learning rate, adam, 0\.001 0\.001000, /);
  });
});
