import { readFileSync } from 'node:fs';
import { pageScript, pageStyle, themes } from '@lrfind/plots/page-style';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>lrfind</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
</head>
<body><main><noscript><h1>lrfind</h1><p>This page draws with its own script. Without it there is the <a href="report.html">report</a>, once the work is done.</p></noscript></main></body>
</html>
`;

/** A curve that falls, and rises where it diverges. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${themes.light.loss}"/><path d="M4 9h5c6 0 7 14 13 14 3 0 4-8 5-18" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;

/** The script and the style that the build makes of `live-page`. */
const built = (name: string) => readFileSync(new URL(`../../bundle/page/${name}`, import.meta.url), 'utf8');

const files: Readonly<Record<string, () => PageFile>> = {
  '': () => ({ type: 'text/html; charset=utf-8', text: page }),
  'page.js': () => ({ type: 'text/javascript; charset=utf-8', text: built('page.js') }),
  'page.css': () => ({
    type: 'text/css; charset=utf-8',
    text: `${pageStyle}\n${seriesStyles()}\n${built('page.css')}`,
  }),
  'report.js': () => ({ type: 'text/javascript; charset=utf-8', text: pageScript }),
  'icon.svg': () => ({ type: 'image/svg+xml', text: icon }),
};

/** A file by its path within the page; undefined where there is none. */
export function pageFile(path: string): PageFile | undefined {
  return Object.hasOwn(files, path) ? files[path]?.() : undefined;
}

/** The colours of compared lines in both themes. */
function seriesStyles(): string {
  const variables = (series: readonly string[]) => series.map((color, i) => `--series-${i}: ${color};`).join(' ');
  return `:root { ${variables(themes.light.series)} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables(themes.dark.series)} } }`;
}
