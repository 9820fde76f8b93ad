import { unknownOption } from '@lrfind/core';
import type { Result } from '@lrfind/core/results';
import { chartFor } from '../charts/registry.js';
import type { ChartOptions } from '../layout/chart-options.js';
import { renderSvg } from '../render/render-svg.js';

/** Options of a picture in a notebook. */
export interface ShowOptions extends ChartOptions {
  /** Name of the chart; default: the first for the result's kind. */
  chart?: string | undefined;
}

/** The method by which Deno's kernel for Jupyter asks a value how it shows itself. */
const display = Symbol.for('Jupyter.display');

/** A value that a notebook shows as a picture. */
export interface Shown {
  /** Draws the picture: its contents by media type. */
  readonly [display]: () => Promise<Record<'image/svg+xml' | 'text/plain', string>>;
}

/**
 * Makes a result show its chart where it is the value of a cell in a notebook of Deno's kernel for Jupyter. The chart comes as
 * SVG, which looks as the files do, with its description as text.
 *
 * @throws InputError for an unknown option or chart, or for a result that the chart cannot draw
 *
 * @example
 * show(await findLearningRate(model, data), { theme: 'dark' });
 */
export function show(result: Result, options: ShowOptions = {}): Shown {
  const { chart, ...style } = options;
  const known = ['chart', 'width', 'height', 'theme', 'title'];
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(name, known);
  const spec = chartFor(result, chart).draw(result, style);
  const text = typeof spec.description === 'string' ? spec.description : '';
  return { [display]: async () => ({ 'image/svg+xml': await renderSvg(spec), 'text/plain': text }) };
}
