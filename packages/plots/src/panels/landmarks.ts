import { numberText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import type { RateFrame } from '../axes/rate-axis.js';
import { type ValueAxis, valueEncoding } from '../axes/value-axis.js';
import { lossAt, type Sample, shownCriticalRate } from '../curves/sweep-samples.js';
import type { Layer } from '../layout/stacked-figure.js';
import type { Theme } from '../theme.js';
import { dotMark } from './marks.js';

/** A rate that a vertical line with an annotation marks, and a dot on the curve. */
export interface Landmark {
  rate: number;
  /** The loss at the dot; null for no dot. */
  loss: number | null;
  /** The annotation. */
  text: string;
  /** A shorter annotation for a small figure. */
  short: string;
  color: string;
  dash: number[];
  /** Width of the line, in pixels. */
  strokeWidth: number;
}

/** The landmarks that a result has, the suggestion last, so that it covers the others. */
export function landmarks(result: SweepResult, curve: readonly Sample[], theme: Theme): Landmark[] {
  const { divergence, steepest, suggestion } = result;
  const marks: Landmark[] = [];
  if (divergence !== null) {
    const at = numberText(divergence.rate, 3);
    marks.push({
      rate: divergence.rate,
      loss: divergence.loss,
      text: `divergence ${at}`,
      short: `diverges ${at}`,
      color: theme.divergence,
      dash: [2, 3],
      strokeWidth: 1.5,
    });
  }
  const critical = shownCriticalRate(result);
  if (critical !== null) {
    const at = numberText(critical, 3);
    marks.push({
      rate: critical,
      loss: null,
      text: `critical rate ${at}`,
      short: `critical ${at}`,
      color: theme.muted,
      dash: [6, 3, 1, 3],
      strokeWidth: 1.25,
    });
  }
  if (steepest !== null) {
    const at = numberText(steepest.rate, 3);
    marks.push({
      rate: steepest.rate,
      loss: steepest.loss,
      text: `steepest descent ${at}`,
      short: `steepest ${at}`,
      color: theme.steepest,
      dash: [6, 4],
      strokeWidth: 1.25,
    });
  }
  if (suggestion !== null) {
    const rate = suggestion.learningRate;
    const text = `suggestion ${numberText(rate, 3)}`;
    marks.push({
      rate,
      loss: lossAt(curve, rate),
      text,
      short: text,
      color: theme.suggestion,
      dash: [],
      strokeWidth: 2.25,
    });
  }
  return marks;
}

/** The vertical lines of the landmarks. */
export function landmarkRules(marks: readonly Landmark[]): Layer {
  return {
    data: { values: marks.map(({ rate, color, dash, strokeWidth }) => ({ rate, color, dash, strokeWidth })) },
    mark: {
      type: 'rule',
      color: { expr: 'datum.color' },
      strokeDash: { expr: 'datum.dash' },
      strokeWidth: { expr: 'datum.strokeWidth' },
    },
  };
}

/** The dots of the landmarks on the curve of losses; none where the curve is outside the panel. */
export function landmarkDots(marks: readonly Landmark[], { theme, size }: RateFrame, axis: ValueAxis): Layer {
  const [low, high] = axis.domain;
  const values = marks.flatMap(({ rate, loss, color }) =>
    loss !== null && loss >= low && loss <= high ? [{ rate, loss, color }] : [],
  );
  return {
    data: { values },
    mark: dotMark(theme, size),
    encoding: { y: valueEncoding('loss', axis) },
  };
}
