import { measureText, rateText } from '@lrfind/core';
import type { Evaluation } from '@lrfind/core/results';
import type { TrainingStepEvent } from '@lrfind/finder';
import type { BatchedUpdates } from './batched-updates.js';
import type { LiveLine, LivePanel } from './live-state.js';

const batches: LiveLine = { name: 'batches', label: 'each batch', style: 'loss', pale: true, points: [] };
const training: LiveLine = { name: 'training', label: 'training rows, mean of the epoch', style: 'loss', points: [] };
const heldOut: LiveLine = { name: 'validation', label: 'validation rows', style: 'validation', points: [] };

/**
 * Shows a training on a page: its loss and rate at each step, and what is measured after each epoch.
 *
 * @param epochs of the whole training
 */
export function showTraining(
  page: Pick<BatchedUpdates, 'tell' | 'add' | 'status'>,
  epochs: number,
): { readonly onStep: (event: TrainingStepEvent) => void; readonly onEpoch: (evaluation: Evaluation) => void } {
  const shown = new Set<string>();
  const show = (...panels: LivePanel[]): void => {
    const missing = panels.filter(({ id }) => !shown.has(id));
    for (const { id } of missing) shown.add(id);
    if (missing.length > 0) page.tell({ panels: missing });
  };
  const lossPanel = (domain?: Domain) => panel('loss', 'Loss', [batches, training, heldOut], domain);
  return {
    onStep({ step, steps, rate, loss }) {
      if (!shown.has('rate')) {
        const domain = [0, steps] as const;
        show(lossPanel(domain), panel('rate', 'Learning rate', [{ name: 'rate', style: 'loss', points: [] }], domain));
      }
      if (loss !== null) page.add('loss', 'batches', step, loss);
      page.add('rate', 'rate', step, rate);
      page.status(() => ({
        text: `epoch ${Math.floor((step * epochs) / steps) + 1} of ${epochs}`,
        detail: `learning rate ${rateText(rate)}, loss ${measureText(loss)}`,
        done: step + 1,
        total: steps,
      }));
    },
    onEpoch({ step, training: measured, validation }) {
      show(lossPanel(), ...Object.keys(measured.metrics).map((name) => panel(name, name, [training, heldOut])));
      const at = (value: number | null | undefined): [number, number][] =>
        value === null || value === undefined ? [] : [[step, value]];
      const points = (name: string | null) => {
        const of = (measures: typeof validation) => (name === null ? measures?.loss : measures?.metrics[name]);
        return { training: at(of(measured)), validation: at(of(validation)) };
      };
      const metrics = Object.keys(measured.metrics).map((name) => [name, points(name)]);
      page.tell({ points: { loss: points(null), ...Object.fromEntries(metrics) } });
    },
  };
}

/** Both ends of the axis of steps, where they are known. */
type Domain = readonly [number, number];

function panel(id: string, title: string, lines: LiveLine[], domain?: Domain): LivePanel {
  const y = { title: title.toLowerCase(), ...(id === 'rate' && { fromZero: true }) };
  return { id, title, x: { title: 'step', log: false, ...(domain && { domain }) }, y, lines };
}
