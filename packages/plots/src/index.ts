// Charts of results and schedules as Vega-Lite specifications, SVG and PNG, and reports of results as HTML.
export * from './browser.js';
export { loadRenderer } from './render/load-renderer.js';
export { type PngOptions, renderPng } from './render/render-png.js';
export { type ReportOptions, renderReport } from './report/render-report.js';
