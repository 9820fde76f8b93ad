// Charts of results and schedules as Vega-Lite specifications, SVG and PNG, and reports of results as HTML.
export * from './browser.js';
export { loadRenderer } from './render/load-renderer.js';
export { type PngOptions, renderPng } from './render/render-png.js';
export { renderReport } from './report/render-report.js';
export type { ReportOptions } from './report/report-html.js';
