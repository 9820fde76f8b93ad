import { InputError } from '@lrfind/core';
import type { Result } from '@lrfind/core/results';
import { type FlagGroups, named } from '../flags.js';
import { jsonPieces } from './json-pieces.js';
import type { AxisOptions, PictureOptions } from './options.js';
import type { Formats } from './output-files.js';
import { isPicture, pictureFormats } from './pictures.js';

/** How the command line prints and writes one kind of result. */
export interface ResultOutput<Kind extends Result> {
  readonly format: Kind['format'];
  /** The command that makes it, such as `lrfind train`. */
  readonly command: string;
  /** The flags of that command. */
  readonly flags: FlagGroups;
  /** Values of flags that were left out and have no default in their schema. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** What options that a result lacks were when it was made, where that is not their default now. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** The summary for a terminal. */
  readonly summary: (result: Kind) => string;
  /** The measurements as a table: a text, or pieces of one that is too long for one. */
  readonly csv: (result: Kind) => Iterable<string>;
  /** The lines of code that use the answer, where there is one. */
  readonly code?: (result: Kind) => string;
}

/** A result, and how to draw it. */
export interface DrawnResult<Kind extends Result = Result> {
  readonly result: Kind;
  /** `chart` is a name from the table of charts; by default the first of the result's kind. */
  readonly picture: Partial<Pick<PictureOptions, 'width' | 'height' | 'scaleFactor' | 'dark'>> &
    Partial<AxisOptions> & { readonly chart?: string | undefined };
}

/** The formats of a result's files by extension. Charts are loaded when a picture is drawn, since loading Vega takes time. */
export function resultFormats<Kind extends Result>({ csv }: ResultOutput<Kind>): Formats<DrawnResult<Kind>> {
  return {
    ...pictureFormats(specOf),
    '.json': async ({ result }) => jsonPieces(result),
    '.csv': async ({ result }) => csv(result),
  };
}

/**
 * Checks before any work that a picture has room for all lines.
 *
 * @param what the lines stand for, such as `trials`
 * @throws InputError where there are too many
 */
export async function checkSeries(count: number, what: string): Promise<void> {
  const { maxSeries } = await import('@lrfind/plots/charts');
  if (count > maxSeries) throw new InputError(`a picture has room for at most ${maxSeries} ${what}; got ${count}`);
}

/**
 * The chart of a result as a specification.
 *
 * @throws InputError where the result cannot be drawn with these options
 */
async function specOf({ result, picture: { chart, width, height, dark, x, y, logLoss } }: DrawnResult) {
  const { chartFor } = await import('@lrfind/plots/charts');
  const theme = dark ? 'dark' : 'light';
  return chartFor(result, chart).draw(result, { width, height, theme, x: ends(x), y: ends(y), logLoss });
}

/** A list of two numbers as the charts take it. */
function ends(limits: AxisOptions['x']): [number, number] | undefined {
  return limits as [number, number] | undefined;
}

/**
 * Checks the ends of axes before any work.
 *
 * @param rates whether the horizontal axis has learning rates, which are above 0
 * @throws InputError for ends that do not rise, and for those of a logarithmic axis at 0 or below
 */
export async function checkAxes({ x, y, logLoss }: AxisOptions, rates: boolean): Promise<void> {
  if (x === undefined && y === undefined) return;
  const { checkLimits } = await import('@lrfind/plots/charts');
  named('--x', () => checkLimits('x', x, rates));
  named('--y', () => checkLimits('y', y, logLoss));
}

/**
 * The same where one of the files is a picture.
 *
 * @param paths of the files to write
 * @throws InputError where there are too many lines
 */
export async function checkPictures(paths: readonly string[], count: number, what: string): Promise<void> {
  if (paths.some(isPicture)) await checkSeries(count, what);
}

/**
 * Finds out what cannot be drawn before anything is written, for a result that is stored already or that its maker still has.
 *
 * @param paths of the files to write
 * @throws InputError where one of them is a picture and the result cannot be drawn with these options
 */
export async function checkDrawable(paths: readonly string[], drawn: DrawnResult): Promise<void> {
  if (paths.some(isPicture)) await specOf(drawn);
}

/** A result as JSON, which `readResult` and `lrfind plot` read. One that may be too long for a text is written as `jsonPieces`. */
export function resultJson(result: object): string {
  return [...jsonPieces(result)].join('');
}
