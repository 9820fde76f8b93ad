import { readFileSync } from 'node:fs';
import { type Theme, themes } from '../theme.js';

const { light, dark } = themes;

/** The files for the browser are beside `src`, so that neither compiler nor bundler changes them. */
const read = (name: string) => readFileSync(new URL(`../../report-page/${name}`, import.meta.url), 'utf8');

/** The style of the page. */
export const pageStyle = `${themeStyle()}\n${read('page.css')}`;

/** The script of the page: shows values at the pointer. */
export const pageScript = read('page.js');

/**
 * The colours of both themes as CSS. Charts are drawn once, in the colours of the light theme; where the reader prefers
 * dark, each colour is replaced by the dark theme's colour of the same name. Paper is always light.
 */
export function themeStyle(): string {
  return `:root { ${variables(light)} }
@media screen and (prefers-color-scheme: dark) {
:root { ${variables(dark)} }
${replacements().join('\n')}
}`;
}

type Colors = Omit<Theme, 'series'>;

function variables({ series: _, ...colors }: Theme): string {
  return Object.entries(colors as Colors)
    .map(([name, color]) => `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}: ${color};`)
    .join(' ');
}

function replacements(): string[] {
  const names = Object.keys(light).filter((name): name is keyof Colors => name !== 'series');
  const pairs = new Map<string, string>(names.map((name) => [light[name], dark[name]]));
  return [...pairs].flatMap(([from, to]) =>
    ['fill', 'stroke'].map((property) => `.chart [${property}="${from}"] { ${property}: ${to}; }`),
  );
}
