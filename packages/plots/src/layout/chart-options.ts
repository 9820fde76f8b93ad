import { InputError, nearest } from '@lrfind/core';
import { type Theme, type ThemeName, themes } from '../theme.js';

/** How a chart looks; every chart takes these. A chart whose default size is another says so. */
export interface ChartOptions {
  /** width of the whole picture in CSS pixels, 360 to 4000; default 800 */
  width?: number | undefined;
  /** height of the whole picture in CSS pixels, 300 to 4000; default 520 */
  height?: number | undefined;
  /** default `light` */
  theme?: ThemeName | undefined;
  /** heading; default: what the chart found */
  title?: string | undefined;
}

/** The options in force. */
export interface ChartLook {
  width: number;
  height: number;
  theme: Theme;
  title: string | undefined;
}

const limits = { width: [360, 4000], height: [300, 4000] } as const;
const names = ['width', 'height', 'theme', 'title'];

/**
 * Checks the options of a chart and fills in the defaults.
 *
 * @param own names of the options that this chart takes besides
 * @param usual the height that this chart has by default, in pixels
 * @throws InputError for an unknown option, a size outside its limits, or an unknown theme
 */
export function chartLook(options: ChartOptions, own: readonly string[] = [], usual = 520): ChartLook {
  const known = [...names, ...own];
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new InputError(`chart: unknown option "${name}"${list(name, known)}`);
  }
  const { theme = 'light', title } = options;
  if (!Object.hasOwn(themes, theme)) {
    throw new InputError(`theme: unknown theme "${theme}"${list(String(theme), Object.keys(themes))}`);
  }
  if (title !== undefined && typeof title !== 'string') {
    throw new InputError(`title: expected a string, got ${JSON.stringify(title)}`);
  }
  return {
    width: size('width', options.width ?? 800),
    height: size('height', options.height ?? usual),
    theme: themes[theme],
    title,
  };
}

function size(name: 'width' | 'height', value: number): number {
  const [least, most] = limits[name];
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new InputError(
    `${name}: expected a number of pixels from ${least} to ${most}, got ${typeof value === 'number' ? value : JSON.stringify(value)}`,
  );
}

function list(typed: string, allowed: readonly string[]): string {
  const near = nearest(typed, allowed);
  return `; allowed: ${allowed.join(', ')}${near === undefined ? '' : `. Did you mean "${near}"?`}`;
}
