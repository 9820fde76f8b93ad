import { type Theme, themes } from '../theme.js';

const { light, dark } = themes;

/**
 * The colours of both themes as style. Figures are drawn once, in the colours of the light theme: where the reader prefers dark, each
 * colour is exchanged for that of the same name. Paper is always light.
 */
export function themeStyle(): string {
  return `:root { ${variables(light)} }
@media screen and (prefers-color-scheme: dark) {
:root { ${variables(dark)} }
${exchanges().join('\n')}
}`;
}

type Colors = Omit<Theme, 'series'>;

function variables({ series: _, ...colors }: Theme): string {
  return Object.entries(colors as Colors)
    .map(([name, color]) => `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}: ${color};`)
    .join(' ');
}

function exchanges(): string[] {
  const names = Object.keys(light).filter((name): name is keyof Colors => name !== 'series');
  const pairs = new Map<string, string>(names.map((name) => [light[name], dark[name]]));
  return [...pairs].flatMap(([from, to]) =>
    ['fill', 'stroke'].map((property) => `.chart [${property}="${from}"] { ${property}: ${to}; }`),
  );
}
