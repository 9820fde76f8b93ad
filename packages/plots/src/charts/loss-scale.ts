import { InputError, spansDecade } from '@lrfind/core';
import { logDomain } from '../curves/log-scale.js';
import { largest } from '../curves/robust-domain.js';
import { checkLimits, type Limits } from '../layout/chart-options.js';

/** The scale of an axis: both ends, the lower one first, and whether it is logarithmic. */
export interface Scale {
  readonly domain: readonly [number, number];
  readonly log: boolean;
}

/** What the caller asked of the axis of losses. */
export interface LossAxisOptions {
  readonly y: Limits | undefined;
  readonly logLoss: boolean | undefined;
}

/** A logarithmic axis begins at most that factor below the losses in the middle: further down lies rounding noise. */
const MOST_SPAN = 1e12;

/**
 * The scale of an axis of losses: what was asked for, else a logarithmic one where the losses span a decade, else the linear one.
 *
 * @param linear the domain of a linear axis
 * @param losses those that the axis should show
 * @param automatic whether the axis may be logarithmic without being asked for
 * @throws InputError for a logarithmic axis of losses below 0, or of losses of which none is above 0, and for its ends
 */
export function lossScale(
  linear: readonly [number, number],
  losses: readonly number[],
  { y, logLoss }: LossAxisOptions,
  automatic: boolean,
): Scale {
  if (logLoss === true && losses.length > 0 && !(losses.every((loss) => loss >= 0) && losses.some((loss) => loss > 0)))
    throw new InputError('logLoss must be false for losses of 0 and below, which have no logarithm; got true');
  const log = logLoss ?? (automatic && (y === undefined || y[0] > 0) && spansDecade(losses));
  checkLimits('y', y, log);
  if (y) return { domain: [y[0], y[1]], log };
  const positive = losses.filter((loss) => loss > 0);
  if (!log || positive.length === 0) return { domain: linear, log: false };
  const rising = positive.toSorted((a, b) => a - b);
  const [low, middle] = [rising[0], rising[Math.floor((rising.length - 1) / 2)]] as [number, number];
  return { domain: logDomain(Math.max(low, middle / MOST_SPAN), largest(positive), 0.05), log: true };
}

/** The title of an axis of losses. */
export function lossTitle(log: boolean): string {
  return log ? 'loss (log scale)' : 'loss';
}
