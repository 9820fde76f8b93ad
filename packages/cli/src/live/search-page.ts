import { measureText, rateText } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import { SweepOptions } from '@lrfind/core/sweep';
import type { StepEvent, TryEvent } from '@lrfind/finder';
import type { BatchedUpdates } from './batched-updates.js';
import type { LivePanel } from './live-state.js';

/**
 * Shows a search on a page: the losses of each sweep, then those of the rates that are tried.
 *
 * @param range in which the sweeps begin; default: that of a search without options
 */
export function showSearch(
  page: Pick<BatchedUpdates, 'tell' | 'add' | 'status'>,
  range: Partial<Pick<SweepOptions, 'startLr' | 'endLr'>> = {},
): {
  readonly onStep: (event: StepEvent) => void;
  readonly onTry: (event: TryEvent) => void;
} {
  const { startLr, endLr } = resolveOptions(SweepOptions, { startLr: range.startLr, endLr: range.endLr });
  const tried = new Set<string>();
  /** Panel and lines of the sweep that runs. */
  let id = '';
  let name = '';
  let heldOut: string | undefined;
  return {
    onStep({ group, part, parts, seed, repeat, repeats, step, steps, rate, loss, validation }) {
      if (step === 0) {
        id = `sweep ${part}`;
        name = `seed ${seed}`;
        heldOut = undefined;
        const of = parts === 1 ? '' : group === null ? ': all layers' : `: ${group}`;
        // Also where the range has moved, with which the sweeps begin anew.
        if (repeat === 0)
          page.tell({ panels: [sweepPanel(id, of, rate === startLr ? [startLr, endLr] : [rate, rate])] });
        page.tell({ lines: { [id]: [{ name, label: 'each sweep, the latest bold', style: 'loss', points: [] }] } });
      }
      if (loss !== null) page.add(id, name, rate, loss);
      if (validation !== undefined && validation !== null) {
        if (!heldOut) {
          heldOut = `${name}, validation`;
          const line = { name: heldOut, label: 'validation rows', style: 'validation' } as const;
          page.tell({ lines: { [id]: [{ ...line, points: [] }] } });
        }
        page.add(id, heldOut, rate, validation);
      }
      page.status(() => ({
        text: `sweep ${part * repeats + repeat + 1} of ${repeats * parts}${group === null ? '' : `, of ${group}`}`,
        detail: `learning rate ${rateText(rate)}, loss ${measureText(loss)}`,
        done: (part * repeats + repeat) * steps + step + 1,
        total: repeats * parts * steps,
      }));
    },
    onTry({ rate, schedule, loss }) {
      const panel = `tried ${schedule ?? ''}`;
      const along = schedule === undefined ? '' : ` along ${schedule}`;
      if (!tried.has(panel)) page.tell({ panels: [triedPanel(panel, along)] });
      tried.add(panel);
      if (loss !== null) page.add(panel, 'evaluations', rate, loss);
      page.status(() => ({
        text: `trying rates${along}`,
        detail: `learning rate ${rateText(rate)}, loss ${measureText(loss)}`,
      }));
    },
  };
}

function sweepPanel(id: string, of: string, domain: readonly [number, number]): LivePanel {
  const x = { title: 'learning rate (log scale)', log: true, domain };
  return { id, title: `Loss at rising learning rates${of}`, x, y: { title: 'loss' }, lines: [] };
}

function triedPanel(id: string, along: string): LivePanel {
  const line = { name: 'evaluations', label: 'an evaluation of a short training', style: 'validation' } as const;
  return {
    id,
    title: `Loss in short trainings${along}`,
    x: { title: 'learning rate (log scale)', log: true },
    y: { title: 'loss on validation rows' },
    lines: [{ ...line, dots: true, points: [] }],
  };
}
