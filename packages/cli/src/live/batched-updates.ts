import { type LiveStatus, type LiveUpdate, mergeUpdates } from './live-state.js';

/** Updates are sent at most so often: more is not seen. */
export const UPDATES_A_SECOND = 20;

/** Where work tells what changes on its page. */
export interface BatchedUpdates {
  /** Sends an update, within a twentieth of a second together with others. */
  tell(update: LiveUpdate): void;
  /** Sends a point of a line in the same way; it costs a training step next to nothing. */
  add(panel: string, line: string, x: number, y: number): void;
  /** Sends how far the work is, as it is when that is sent. */
  status(of: () => LiveStatus): void;
  /** Sends at once what waits. */
  flush(): void;
}

/**
 * Collects updates, so that they are sent at most twenty times a second.
 *
 * @param send gets each update
 */
export function batchedUpdates(send: (update: LiveUpdate) => void): BatchedUpdates {
  let waiting: LiveUpdate | undefined;
  let statusOf: (() => LiveStatus) | undefined;
  let sent = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting) return;
    const update = statusOf ? { ...waiting, status: statusOf() } : waiting;
    waiting = undefined;
    statusOf = undefined;
    sent = performance.now();
    send(update);
  };
  const flushSoon = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(flush, Math.max(0, sent + 1000 / UPDATES_A_SECOND - performance.now()));
    // Work that waits for nothing else must not wait for this: in Node the timer keeps no process alive.
    (timer as unknown as { readonly unref?: () => void }).unref?.();
  };
  return {
    flush,
    tell(update) {
      waiting ??= {};
      mergeUpdates(waiting, update);
      if (update.status) statusOf = undefined;
      flushSoon();
    },
    add(panel, line, x, y) {
      waiting ??= {};
      waiting.points ??= {};
      waiting.points[panel] ??= {};
      const points = waiting.points[panel];
      points[line] ??= [];
      points[line].push([x, y]);
      flushSoon();
    },
    status(of) {
      waiting ??= {};
      statusOf = of;
      flushSoon();
    },
  };
}
