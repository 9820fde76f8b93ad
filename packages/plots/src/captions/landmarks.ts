import type { SweepResult } from '@lrfind/core/results';
import { numberText } from '../text/numbers.js';
import type { Theme } from '../theme.js';
import { curveValue } from '../curves/curve-value.js';
import type { Sample } from '../curves/loss-domain.js';

/** A rate that is marked by a vertical line with a text, and by a dot on the curve. */
export interface Landmark {
  rate: number;
  /** height of the dot; null for none */
  loss: number | null;
  /** what is written, and a shorter form for a small picture */
  text: string;
  short: string;
  color: string;
  dash: number[];
  /** of the line, in pixels */
  strokeWidth: number;
}

/** The rates that a run points out, as far as it does; the suggestion last, so that it is drawn over the others. */
export function landmarks(run: SweepResult, line: readonly Sample[], theme: Theme): Landmark[] {
  const marks: Landmark[] = [];
  if (run.divergence !== null) {
    const { rate, loss } = run.divergence;
    const at = numberText(rate);
    marks.push({
      rate,
      loss,
      text: `divergence ${at}`,
      short: `diverges ${at}`,
      color: theme.divergence,
      dash: [2, 3],
      strokeWidth: 1.5,
    });
  }
  if (run.steepest !== null) {
    const { rate, loss } = run.steepest;
    const at = numberText(rate);
    marks.push({
      rate,
      loss,
      text: `steepest descent ${at}`,
      short: `steepest ${at}`,
      color: theme.steepest,
      dash: [6, 4],
      strokeWidth: 1.25,
    });
  }
  if (run.suggestion !== null) {
    const rate = run.suggestion.learningRate;
    const text = `suggestion ${numberText(rate)}`;
    marks.push({
      rate,
      loss: curveValue(line, rate),
      text,
      short: text,
      color: theme.suggestion,
      dash: [],
      strokeWidth: 2.25,
    });
  }
  return marks;
}
