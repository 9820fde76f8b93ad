import { readFileSync } from 'node:fs';
import { themeStyle } from './theme-style.js';

/** What a browser gets as it is lies beside `src`, where neither compiler nor bundler touches it. */
const read = (name: string) => readFileSync(new URL(`../../report-page/${name}`, import.meta.url), 'utf8');

/** The style of the page. */
export const pageStyle = `${themeStyle()}\n${read('page.css')}`;

/** The script of the page: shows values where the pointer is, and opens what is folded when the page is printed. */
export const pageScript = read('page.js');
