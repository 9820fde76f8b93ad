import { notAllowed, notOneOf, unknownOption } from '@lrfind/core';
import { type Theme, type ThemeName, themes } from '../theme.js';
import { fontSize } from './sizes.js';

/** Options of every chart. */
export interface ChartOptions {
  /** Width of the whole figure in CSS pixels, 360 to 4000; default 800. */
  width?: number | undefined;
  /**
   * Height of the whole figure in CSS pixels, 300 to 4000; default: in proportion to the width, 520 at 800 unless the chart
   * states another, and at least 300.
   */
  height?: number | undefined;
  /** Default `light`. */
  theme?: ThemeName | undefined;
  /** Default: what the chart shows, in a sentence. */
  title?: string | undefined;
}

/** Size, colours and title of a chart, with defaults filled in. */
export interface ChartStyle {
  /** Width of the whole figure, in pixels. */
  width: number;
  /** Height of the whole figure, in pixels. */
  height: number;
  /** Font size of axes, legend and annotations, in pixels. */
  size: number;
  theme: Theme;
  title: string | undefined;
}

const limits = { width: [360, 4000], height: [300, 4000] } as const;
const [least, most] = limits.height;
const DEFAULT_WIDTH = 800;
const names = ['width', 'height', 'theme', 'title'];

/**
 * Checks the options of a chart and fills in the defaults.
 *
 * @param own names of further options that the chart takes
 * @param defaultHeight in pixels, at the default width
 * @throws InputError for an unknown option, a size outside its limits, or an unknown theme
 */
export function chartStyle(options: ChartOptions, own: readonly string[] = [], defaultHeight = 520): ChartStyle {
  const known = [...names, ...own];
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(name, known);
  const { theme = 'light', title } = options;
  if (!Object.hasOwn(themes, theme)) throw notOneOf('theme', Object.keys(themes), theme);
  if (title !== undefined && typeof title !== 'string') throw notAllowed('title', 'text', title);
  const width = checkedLength('width', options.width ?? DEFAULT_WIDTH);
  const proportional = Math.round((defaultHeight * width) / DEFAULT_WIDTH);
  const height = checkedLength('height', options.height ?? Math.min(Math.max(proportional, least), most));
  return { width, height, size: fontSize({ width, height }), theme: themes[theme], title };
}

function checkedLength(name: 'width' | 'height', value: number): number {
  const [least, most] = limits[name];
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw notAllowed(name, `a number of pixels from ${least} to ${most}`, value);
}
