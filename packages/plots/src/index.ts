export type { ChartOptions } from './chart-options.js';
export { lossByRate } from './charts/loss-by-rate.js';
export { type RateByStepOptions, rateByStep } from './charts/rate-by-step.js';
export { type Chart, type ChartName, charts } from './charts.js';
export { type PngOptions, renderPng } from './render-png.js';
export { renderSvg, type SvgOptions } from './render-svg.js';
export type { NamedSchedule, StepFunction } from './schedule-values.js';
export type { ThemeName } from './theme.js';
