import { countText, RATE_LIMITS, rateText } from '@lrfind/core';
import { type Curve, chartColumns, letterOf, terminalCurves } from '../shared/terminal/chart.js';
import { textTable } from '../shared/terminal/text.js';
import { type Preview, type PreviewedSchedule, roundSteps } from './preview.js';

/** A logarithmic axis shows rates down to this share of the highest. */
const LOG_RANGE = 1e-6;

/** The rates over the steps in characters, each schedule by its letter where there are several; empty where all rates are 0 in float32. */
export function scheduleChart({ steps, schedules }: Preview, log: boolean): string {
  const last = steps - 1;
  const top = schedules.reduce((most, { rates }) => rates.reduce((found, rate) => Math.max(found, rate), most), 0);
  if (top < RATE_LIMITS[0]) return '';
  const scale = log ? Math.log10 : (rate: number) => rate;
  const curves = schedules.map(({ rates }, i): Curve => {
    const columns = chartColumns();
    const shown = Array.from({ length: columns }, (_, column) => Math.round((column * last) / (columns - 1)));
    const points = shown.map((step): [number, number] => [step, rates[step] as number]);
    const visible = points.filter(([, rate]) => !log || rate >= top * LOG_RANGE);
    return { symbol: letterOf(i), points: visible.map(([step, rate]) => [step, scale(rate)]) };
  });
  // A short peak may fall between two columns, with everything else below a logarithmic axis.
  if (curves.every(({ points }) => points.length === 0)) return '';
  return terminalCurves(curves, {
    xTicks: roundSteps(last),
    xText: countText,
    ...(log ? { isLog: true } : { from: 0 }),
  });
}

/** A table of the schedules: the first, the highest and the last rate and some between, the range of the momentum, the name. */
export function scheduleTable({ steps, schedules }: Preview): string {
  const last = steps - 1;
  const setsMomentum = schedules.some(({ momenta }) => momenta);
  const at = (step: number) => ({
    title: `step ${countText(step)}`,
    cell: ({ rates }: PreviewedSchedule) => rateText(rates[step] as number),
  });
  const columns: { title: string; cell: (schedule: PreviewedSchedule, number: number) => string }[] = [
    ...(schedules.length > 1 ? [{ title: '', cell: (_: PreviewedSchedule, number: number) => letterOf(number) }] : []),
    at(0),
    { title: 'highest', cell: ({ rates }) => highest(rates) },
    ...roundSteps(last)
      .filter((step) => step > 0 && step < last)
      .map(at),
    at(last),
    ...(setsMomentum
      ? [{ title: 'momentum', cell: ({ momenta }: PreviewedSchedule) => (momenta ? rangeText(momenta) : '') }]
      : []),
    { title: 'schedule', cell: ({ name }) => name },
  ];
  const rows = schedules.map((one, i) => columns.map(({ cell }) => cell(one, i)));
  return `${textTable(
    rows,
    columns.map(({ title }) => title),
  ).join('\n')}\n`;
}

function highest(rates: readonly number[]): string {
  const step = rates.reduce((most, rate, i) => (rate > (rates[most] as number) ? i : most), 0);
  return `${rateText(rates[step] as number)} at ${countText(step)}`;
}

function rangeText(momenta: readonly number[]): string {
  const ends = [Math.min, Math.max].map((end) => rateText(momenta.reduce((found, momentum) => end(found, momentum))));
  return ends[0] === ends[1] ? (ends[0] as string) : ends.join(' to ');
}
