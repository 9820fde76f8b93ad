import type { Config } from 'vega-lite';
import { fontFamily } from './text/width.js';

/** Colours of a theme. Against the background, text has a contrast of at least 4.5 and lines of at least 3 (WCAG 2.2). */
export interface Theme {
  background: string;
  text: string;
  /** Secondary text: subtitle, axis labels, legend. */
  muted: string;
  axis: string;
  grid: string;
  /** The loss: points, band and line. */
  loss: string;
  heldOut: string;
  suggestion: string;
  steepest: string;
  divergence: string;
  /** Colours of lines that are compared, in this order. */
  series: readonly string[];
}

/**
 * The hues are those of Okabe and Ito's palette (2008): blue, reddish purple, green and vermilion. They are shifted until
 * each reaches the contrast and all stay distinct under the three kinds of colour blindness.
 */
export const themes = {
  light: {
    background: '#ffffff',
    text: '#1c2128',
    muted: '#57606a',
    axis: '#8a929b',
    grid: '#e4e7ea',
    loss: '#0b4db8',
    heldOut: '#a0508f',
    suggestion: '#008556',
    steepest: '#1c2128',
    divergence: '#b83a00',
    series: ['#0b4db8', '#b83a00', '#008556', '#a0508f', '#1c2128'],
  },
  dark: {
    background: '#14171c',
    text: '#eceef1',
    muted: '#a9b1bc',
    axis: '#737c88',
    grid: '#2b3038',
    loss: '#4c9fee',
    heldOut: '#dd8aa8',
    suggestion: '#55e095',
    steepest: '#eceef1',
    divergence: '#ff7a3c',
    series: ['#4c9fee', '#ff7a3c', '#55e095', '#dd8aa8', '#eceef1'],
  },
} satisfies Record<string, Theme>;

/** Name of a theme. */
export type ThemeName = keyof typeof themes;

/**
 * The style of axes, titles and texts, as a Vega-Lite config.
 *
 * @param size font size of axes, in pixels
 */
export function themeConfig({ background, text, muted, axis, grid }: Theme, size: number): Config {
  return {
    background,
    font: fontFamily,
    // One description of the whole figure replaces one for each of a thousand points.
    aria: false,
    view: { stroke: null },
    axis: {
      domainColor: axis,
      tickColor: axis,
      tickSize: 5,
      gridColor: grid,
      labelColor: muted,
      labelFontSize: size,
      labelPadding: 3,
      labelOverlap: false,
      labelFlush: false,
      labelLimit: 0,
      titleColor: text,
      titleFontSize: size,
      titleFontWeight: 'normal',
      titleLimit: 0,
    },
    title: { color: text, subtitleColor: muted, fontWeight: 'bold', anchor: 'start', frame: 'group', limit: 0 },
  };
}

/** Colour and dashes of a line among others. */
export interface SeriesStyle {
  color: string;
  dash: readonly number[];
}

/** Dash patterns tell lines apart once every colour is in use. */
const dashes = [[], [7, 4], [2, 3]];

/** The most lines that can be told apart with ease. */
export const maxSeries = 12;

/** The style of the line with that index, from 0. */
export function seriesStyle({ series }: Theme, index: number): SeriesStyle {
  return {
    color: series[index % series.length] as string,
    dash: dashes[Math.floor(index / series.length) % dashes.length] as number[],
  };
}
