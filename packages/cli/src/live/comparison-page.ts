import { measureText } from '@lrfind/core';
import type { ComparisonEvent } from '@lrfind/finder';
import type { BatchedUpdates } from './batched-updates.js';
import type { LivePanel } from './live-state.js';

/**
 * Shows a comparison on a page: what is measured in each training, a colour for each trial.
 *
 * @param epochs of each training; undefined for a length in steps
 */
export function showComparison(
  page: Pick<BatchedUpdates, 'tell'>,
  epochs: number | undefined,
): (event: ComparisonEvent) => void {
  /** By the order in which they began. */
  const numbers = new Map<string, number>();
  const seen = new Set<string>();
  return ({ trial, seed, evaluation: { epoch, training, validation }, trainings, progress }) => {
    if (seen.size === 0)
      page.tell({
        panels: [
          panel('validation', 'Loss on validation rows', epochs),
          panel('training', 'Loss on training rows', epochs),
        ],
      });
    const number = numbers.get(trial) ?? numbers.size;
    numbers.set(trial, number);
    const name = `${trial}, seed ${seed}`;
    if (!seen.has(name)) {
      const line = { name, label: trial, style: number, points: [] };
      page.tell({ lines: { validation: [line], training: [line] } });
    }
    seen.add(name);
    const at = (loss: number | null | undefined): [number, number][] =>
      loss === null || loss === undefined ? [] : [[epoch, loss]];
    page.tell({
      points: { validation: { [name]: at(validation?.loss) }, training: { [name]: at(training.loss) } },
      status: {
        text: `training ${seen.size} of ${trainings}: ${trial}, seed ${seed}`,
        detail: `epoch ${Number(epoch.toFixed(2))}, loss on validation rows ${measureText(validation?.loss ?? null)}`,
        done: progress,
        total: 1,
      },
    });
  };
}

function panel(id: string, title: string, epochs: number | undefined): LivePanel {
  const domain = epochs === undefined ? {} : { domain: [0, epochs] as const };
  return { id, title, x: { title: 'epoch', log: false, ...domain }, y: { title: 'loss' }, lines: [] };
}
