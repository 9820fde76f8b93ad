import { measureText, rateText } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import { SweepOptions } from '@lrfind/core/sweep';
import type { StepEvent, TryEvent } from '@lrfind/finder';
import type { LivePage } from './live-page.js';
import type { LivePanel } from './live-state.js';

/**
 * Shows a search on a page: the losses of each sweep, then those of the rates that are tried.
 *
 * @param range in which the sweeps begin; default: that of a search without options
 */
export function showSearch(
  page: Pick<LivePage, 'tell'>,
  range: Partial<Pick<SweepOptions, 'startLr' | 'endLr'>> = {},
): {
  readonly onStep: (event: StepEvent) => void;
  readonly onTry: (event: TryEvent) => void;
} {
  const { startLr, endLr } = resolveOptions(SweepOptions, { startLr: range.startLr, endLr: range.endLr });
  const tried = new Set<string>();
  const measured = new Set<string>();
  return {
    onStep({ group, part, parts, seed, repeat, repeats, step, steps, rate, loss, validation }) {
      const id = `sweep ${part}`;
      // Also where the range has moved, with which the sweeps begin anew.
      if (repeat === 0 && step === 0) {
        measured.clear();
        const of = parts === 1 ? '' : group === null ? ': all layers' : `: ${group}`;
        page.tell({ panels: [sweepPanel(id, of, rate === startLr ? [startLr, endLr] : [rate, rate])] });
      }
      const name = `seed ${seed}`;
      const heldOut = `${name}, held out`;
      if (step === 0) page.tell({ lines: { [id]: [{ name, label: 'each sweep, the latest bold', style: 'loss', points: [] }] } });
      const points: Record<string, [number, number][]> = {};
      if (loss !== null) points[name] = [[rate, loss]];
      if (validation !== undefined && validation !== null) {
        points[heldOut] = [[rate, validation]];
        const line = { name: heldOut, label: 'held-out rows', style: 'held-out', points: [] } as const;
        if (!measured.has(heldOut)) page.tell({ lines: { [id]: [{ ...line, points: [] }] } });
        measured.add(heldOut);
      }
      const sweep = part * repeats + repeat;
      page.tell({
        points: { [id]: points },
        status: {
          text: `sweep ${sweep + 1} of ${repeats * parts}${group === null ? '' : `, of ${group}`}`,
          detail: `learning rate ${rateText(rate)}, loss ${measureText(loss)}`,
          done: sweep * steps + step + 1,
          total: repeats * parts * steps,
        },
      });
    },
    onTry({ rate, schedule, loss }) {
      const id = `tried ${schedule ?? ''}`;
      const along = schedule === undefined ? '' : ` along ${schedule}`;
      if (!tried.has(id)) page.tell({ panels: [triedPanel(id, along)] });
      tried.add(id);
      page.tell({
        ...(loss !== null && { points: { [id]: { evaluations: [[rate, loss]] } } }),
        status: { text: `trying rates${along}`, detail: `learning rate ${rateText(rate)}, loss ${measureText(loss)}` },
      });
    },
  };
}

function sweepPanel(id: string, of: string, domain: readonly [number, number]): LivePanel {
  const x = { title: 'learning rate (log scale)', log: true, domain };
  return { id, title: `Loss at rising learning rates${of}`, x, y: { title: 'loss' }, lines: [] };
}

function triedPanel(id: string, along: string): LivePanel {
  const line = { name: 'evaluations', label: 'an evaluation of a short training', style: 'held-out' } as const;
  return {
    id,
    title: `Loss in short trainings${along}`,
    x: { title: 'learning rate (log scale)', log: true },
    y: { title: 'loss on held-out rows' },
    lines: [{ ...line, dots: true, points: [] }],
  };
}
