import { countText, rateText } from '../shared/terminal/numbers.js';
import { letterOf } from '../shared/terminal/chart.js';
import { textTable } from '../shared/terminal/text-table.js';
import type { Preview, PreviewedSchedule } from './preview.js';
import { roundSteps } from './round-steps.js';

/** The schedules as a table: the first, the highest and the last rate and some between, the momentum where it moves, and which schedule that is. */
export function scheduleTable({ steps, schedules }: Preview): string {
  const last = steps - 1;
  const moves = schedules.some(({ momenta }) => momenta);
  const letters = schedules.length > 1;
  const at = (step: number) => ({
    title: `step ${countText(step)}`,
    cell: ({ rates }: PreviewedSchedule) => rateText(rates[step] as number),
  });
  const columns: { title: string; cell: (schedule: PreviewedSchedule, number: number) => string }[] = [
    ...(letters ? [{ title: '', cell: (_: PreviewedSchedule, number: number) => letterOf(number) }] : []),
    at(0),
    { title: 'highest', cell: ({ rates }) => highest(rates) },
    ...roundSteps(last)
      .filter((step) => step > 0 && step < last)
      .map(at),
    at(last),
    ...(moves
      ? [{ title: 'momentum', cell: ({ momenta }: PreviewedSchedule) => (momenta ? range(momenta) : '') }]
      : []),
    { title: 'schedule', cell: ({ name }) => name },
  ];
  const rows = [
    columns.map(({ title }) => title),
    ...schedules.map((one, i) => columns.map(({ cell }) => cell(one, i))),
  ];
  return `${textTable(rows).join('\n')}\n`;
}

function highest(rates: readonly number[]): string {
  const step = rates.reduce((most, rate, i) => (rate > (rates[most] as number) ? i : most), 0);
  return `${rateText(rates[step] as number)} at ${countText(step)}`;
}

function range(momenta: readonly number[]): string {
  const ends = [Math.min, Math.max].map((end) => rateText(momenta.reduce((found, momentum) => end(found, momentum))));
  return ends[0] === ends[1] ? (ends[0] as string) : ends.join(' to ');
}
