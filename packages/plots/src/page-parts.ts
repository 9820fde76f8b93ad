// Parts of charts and reports that run in a browser, for pages that draw while something is being measured.

export { rateTicks, type Tick, valueTicks } from './axes/ticks.js';
export { logDomain, logShare } from './curves/log-scale.js';
export { robustDomain } from './curves/robust-domain.js';
export { DataTable } from './report/parts/data-table.js';
export { seriesStyle, themes } from './theme.js';
