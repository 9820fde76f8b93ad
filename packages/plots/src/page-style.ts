// The style and the script of a report, for pages that have reports among other things. Loads neither Vega nor a renderer.

export { pageScript, pageStyle } from './report/page-style.js';
export { themes } from './theme.js';
