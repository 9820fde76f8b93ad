import { notAllowed, notOneOf, unknownOption } from '@lrfind/core';
import { type Theme, type ThemeName, themes } from '../theme.js';
import { fontSize } from './sizes.js';

/** Options of every figure. */
export interface FigureOptions {
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

/** Both ends of an axis, the lower one first. */
export type Limits = readonly [low: number, high: number];

/** Options of every chart of a result. */
export interface ChartOptions extends FigureOptions {
  /** Ends of the horizontal axis: learning rates above 0, epochs or steps. Default: all that was measured. */
  x?: Limits | undefined;
  /** Ends of the axis of losses; above 0 where it is logarithmic. Default: what shows the course of the losses. */
  y?: Limits | undefined;
  /**
   * Whether the axis of losses is logarithmic. Default: for trainings where their losses span a decade, for a search never.
   */
  logLoss?: boolean | undefined;
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
  x: Limits | undefined;
  y: Limits | undefined;
  logLoss: boolean | undefined;
}

const limits = { width: [360, 4000], height: [300, 4000] } as const;
const [least, most] = limits.height;
const DEFAULT_WIDTH = 800;
const names = ['width', 'height', 'theme', 'title'];
const axisNames = ['x', 'y', 'logLoss'];

/**
 * Checks the options of a chart and fills in the defaults.
 *
 * @param own names of the options that the chart takes besides those of every figure
 * @param defaultHeight in pixels: of what grows with the width, at the default width, and of lines of text, which do not
 * @param ratesAlongX whether the horizontal axis has learning rates, and so is logarithmic
 * @throws InputError for an unknown option, a size outside its limits, an unknown theme, or ends of an axis that are none
 */
export function chartStyle(
  options: ChartOptions,
  own: readonly string[] = axisNames,
  { growing, lines }: { growing: number; lines: number } = { growing: 520, lines: 0 },
  ratesAlongX = false,
): ChartStyle {
  const known = [...names, ...own];
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(name, known);
  const { theme = 'light', title, x, y, logLoss } = options;
  if (!Object.hasOwn(themes, theme)) throw notOneOf('theme', Object.keys(themes), theme);
  if (title !== undefined && typeof title !== 'string') throw notAllowed('title', 'text', title);
  if (logLoss !== undefined && typeof logLoss !== 'boolean') throw notAllowed('logLoss', 'true or false', logLoss);
  checkLimits('x', x, ratesAlongX);
  checkLimits('y', y, logLoss);
  const width = checkedLength('width', options.width ?? DEFAULT_WIDTH);
  const proportional = Math.round((growing * width) / DEFAULT_WIDTH) + lines;
  const height = checkedLength('height', options.height ?? Math.min(Math.max(proportional, least), most));
  return { width, height, size: fontSize({ width, height }), theme: themes[theme], title, x, y, logLoss };
}

/**
 * Checks both ends of an axis.
 *
 * @param above whether both must be above 0, as on a logarithmic axis
 * @throws InputError for what is not two rising numbers
 */
export function checkLimits(name: 'x' | 'y', limits: unknown, above = false): void {
  if (limits === undefined) return;
  const ends = Array.isArray(limits) && limits.length === 2 && limits.every(Number.isFinite) ? limits : [];
  if (ends[0] < ends[1] && !(above && ends[0] <= 0) && Number.isFinite(ends[1] - ends[0])) return;
  throw notAllowed(name, `two rising numbers${above ? ' above 0' : ''}`, limits);
}

function checkedLength(name: 'width' | 'height', value: number): number {
  const [least, most] = limits[name];
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw notAllowed(name, `a number of pixels from ${least} to ${most}`, value);
}
