import { median } from '@lrfind/core';
import { type SweepResult } from '@lrfind/core/results';
import { numberText } from '../../text/numbers.js';
import type { Theme } from '../../theme.js';
import type { Readings, ReadSeries } from '../readings.js';

/** What can be read in the figure of a sweep: the curve at each of its rates. */
export function sweepReadings({ curve, seeds, suggestion }: SweepResult, theme: Theme): Readings {
  const heldOut = heldOutLosses(seeds);
  const values = (of: (point: SweepResult['curve'][number]) => number | null | undefined) =>
    curve.map((point) => {
      const value = of(point);
      return Number.isFinite(value) ? (value as number) : null;
    });
  const line = { group: 'curve', panel: 'loss', color: theme.loss, dash: [] };
  const series: ReadSeries[] = [
    { ...line, name: 'smoothed loss', values: values(({ smoothed }) => smoothed) },
    { ...line, name: 'held-out loss', color: theme.heldOut, values: values(({ rate }) => heldOut.get(rate)) },
    { ...line, name: 'slope per decade', panel: 'slope', values: values(({ slope }) => slope) },
  ];
  return {
    stops: curve.map(({ rate }) => rate),
    titles: curve.map(({ rate }) => `learning rate ${numberText(rate, 3)}`),
    series: series.filter(({ values: some }) => some.some((value) => value !== null)),
    first: Math.max(
      0,
      curve.findLastIndex(({ rate }) => rate <= (suggestion?.learningRate ?? Number.POSITIVE_INFINITY)),
    ),
    group: 'curve',
    along: 'the learning rate',
  };
}

/** The median over seeds, as it is drawn. */
function heldOutLosses(seeds: SweepResult['seeds']): Map<number, number> {
  const losses = new Map<number, number[]>();
  for (const { rate, validation } of seeds.flatMap(({ points }) => points)) {
    if (Number.isFinite(validation)) losses.set(rate, [...(losses.get(rate) ?? []), validation as number]);
  }
  return new Map([...losses].map(([rate, some]) => [rate, median(some)]));
}
