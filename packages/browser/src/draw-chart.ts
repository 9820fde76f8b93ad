import type { Result } from '@lrfind/core/results';

/** What a chart looks like. */
export interface DrawChartOptions {
  /** Which chart of the result, such as `loss-by-rate`; default: the first that its kind of result has. */
  readonly chart?: string | undefined;
  /** In pixels; default 800. */
  readonly width?: number | undefined;
  /** In pixels; default: what the chart's panels need, at least 520. */
  readonly height?: number | undefined;
  /** Default `light`. */
  readonly theme?: 'light' | 'dark' | undefined;
}

/**
 * Draws a result as SVG. The first call loads Vega, which is a part of its own beside the module (about 260 kB).
 *
 * @param result of `findLearningRate`, `train` or `compare`
 * @returns an SVG element as text, with title and description for screen readers
 * @throws InputError for a chart that this kind of result does not have
 *
 * @example
 * document.querySelector('#chart').innerHTML = await drawChart(result, { width: 640 });
 */
export async function drawChart(result: Result, { chart, ...options }: DrawChartOptions = {}): Promise<string> {
  const { chartFor, renderSvg } = await import('@lrfind/plots');
  return renderSvg(chartFor(result, chart).draw(result, options));
}
