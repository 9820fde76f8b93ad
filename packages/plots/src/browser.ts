// The entry for a page: charts as specifications and as SVG, and what a report says of a result. PNG needs Node, and a report the files of its page.
export { lossByGroup } from './charts/loss-by-group.js';
export { lossByRate } from './charts/loss-by-rate.js';
export { type NamedSchedule, type RateByStepOptions, rateByStep } from './charts/rate-by-step.js';
export { type Chart, chartFor, charts, chartsOf, maxSeries } from './charts/registry.js';
export { trainingComparison } from './charts/training-comparison.js';
export { trainingHistory } from './charts/training-history.js';
export type { ChartOptions } from './layout/chart-options.js';
export { type Shown, type ShowOptions, show } from './notebook/show.js';
export { renderSvg, type SvgOptions } from './render/render-svg.js';
export type { ReportFiles } from './report/page.js';
export { reportHtml } from './report/report-html.js';
export { sectionOf } from './report/sections/registry.js';
export type { Answer, ReportedResult, ResultSection } from './report/sections/section.js';
export type { ThemeName } from './theme.js';
