export type { ChartOptions } from './chart-options.js';
export { lossByRate } from './charts/loss-by-rate.js';
export { type Chart, type ChartName, charts } from './charts.js';
export { type PngOptions, renderPng } from './render-png.js';
export { renderSvg, type SvgOptions } from './render-svg.js';
export type { ThemeName } from './theme.js';
