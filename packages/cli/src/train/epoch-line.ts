import type { Evaluation } from '@lrfind/core/results';
import { rateText } from '../shared/terminal/numbers.js';
import { measuresText } from '../shared/measures-text.js';

/** An epoch in a line: its number, the learning rate with which it began, losses and metrics under Keras's names, and the time so far. */
export function epochLine({ epoch, rate, training, validation, seconds }: Evaluation, epochs: number): string {
  const number = `epoch ${String(Math.ceil(epoch - 1e-9)).padStart(String(epochs).length)}/${epochs}`;
  const parts = [
    number,
    `learning rate ${rateText(rate, 5).padEnd(9)}`,
    measuresText(training, ''),
    ...(validation ? [measuresText(validation, 'val_')] : []),
    `${seconds.toFixed(1)} s`,
  ];
  return parts.join('   ');
}
