import { countText, rateText } from '../shared/terminal/numbers.js';
import { type Curve, columns, letterOf, terminalCurves } from '../shared/terminal/chart.js';
import type { Preview } from './preview.js';
import { roundSteps } from './round-steps.js';

/** On a logarithmic axis nothing is shown that is so far below the highest rate. */
const reach = 1e-6;

/** The rates over the steps in characters, each schedule by its letter if there are several; empty where all rates are 0. */
export function scheduleChart({ steps, schedules }: Preview, log: boolean): string {
  const last = steps - 1;
  const top = schedules.reduce((most, { rates }) => rates.reduce((found, rate) => Math.max(found, rate), most), 0);
  if (top === 0) return '';
  const scale = log ? Math.log10 : (rate: number) => rate;
  const curves = schedules.map(({ rates }, i): Curve => {
    const shown = Array.from({ length: columns }, (_, column) => Math.round((column * last) / (columns - 1)));
    const points = shown.map((step): [number, number] => [step, rates[step] as number]);
    const visible = points.filter(([, rate]) => !log || rate >= top * reach);
    return { symbol: letterOf(i), points: visible.map(([step, rate]) => [step, scale(rate)]) };
  });
  // A peak of a few steps may fall between two columns, and all else be below a logarithmic axis.
  if (curves.every(({ points }) => points.length === 0)) return '';
  const lowest = Math.min(...curves.flatMap(({ points }) => points.map(([, value]) => value)));
  const ends: [number, number] = log ? [lowest === scale(top) ? lowest - 1 : lowest, scale(top)] : [0, top];
  return terminalCurves(curves, {
    ends,
    xTicks: roundSteps(last),
    yTicks: log ? powers(ends) : [0, top / 2, top],
    xText: countText,
    yText: (value) => rateText(log ? 10 ** value : value),
  });
}

/** Both ends of a logarithmic axis and the powers of ten between them. */
function powers([low, high]: readonly [number, number]): number[] {
  const from = Math.ceil(low);
  return [low, ...Array.from({ length: Math.max(0, Math.ceil(high) - from) }, (_, i) => from + i), high];
}
