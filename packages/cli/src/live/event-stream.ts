import type { ServerResponse } from 'node:http';
import { applyUpdate, type LiveState, type LiveStatus, type LiveUpdate, mergeUpdates } from './live-state.js';

/** Updates are sent at most so often: more is not seen. */
export const UPDATES_A_SECOND = 20;

/** Bytes of past events that are kept for a page that lost its connection; one that missed more gets the whole state. */
const KEPT_BYTES = 256 * 1024;

/** A page that takes up nothing while so many bytes wait for it is let go; when it connects again, it gets the state. */
const WAITING_BYTES = 4 * 1024 * 1024;

/** The events of a page. */
export interface EventStream {
  /** What a page shows that got every event. */
  readonly state: LiveState;
  /** Sends an update, within a twentieth of a second together with others. */
  tell(update: LiveUpdate): void;
  /** Sends a point of a line in the same way; it costs a training step next to nothing. */
  add(panel: string, line: string, x: number, y: number): void;
  /** Sends how far the work is, as it is when that is sent. */
  status(of: () => LiveStatus): void;
  /** Sends at once what waits. */
  flush(): void;
  /** Pages that listen. */
  readonly listeners: number;
  /**
   * Connects a page: it gets the whole state, or the events after the last one that it had where these are still kept, and then
   * what follows.
   *
   * @param lastId id of the last event that it had; undefined for a page that had none
   */
  connect(response: ServerResponse, lastId: string | undefined): void;
  /** Resolves once a page is connected, at the latest after these milliseconds. */
  seen(atMost: number): Promise<void>;
  /** Ends every connection. */
  close(): void;
}

/**
 * Server-sent events that bring pages to a state and keep them there. Memory is bounded: by the state, by some past events, and by
 * what waits for slow pages.
 */
export function eventStream(state: LiveState): EventStream {
  const responses = new Set<ServerResponse>();
  let past: { readonly id: number; readonly text: string }[] = [];
  let pastBytes = 0;
  let lastId = 0;
  let waiting: LiveUpdate | undefined;
  let statusOf: (() => LiveStatus) | undefined;
  let sent = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let onConnected = () => {};

  const write = (response: ServerResponse, text: string): void => {
    response.write(text);
    if (response.writableLength > WAITING_BYTES) response.destroy();
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting) return;
    const update = statusOf ? { ...waiting, status: statusOf() } : waiting;
    waiting = undefined;
    statusOf = undefined;
    sent = performance.now();
    applyUpdate(state, update);
    lastId += 1;
    const text = message('update', lastId, update);
    past.push({ id: lastId, text });
    pastBytes += text.length;
    while (pastBytes > KEPT_BYTES) pastBytes -= (past.shift() as (typeof past)[0]).text.length;
    for (const response of responses) write(response, text);
  };
  /** Work that waits for nothing else must not wait for this: the timer keeps no process alive. */
  const flushSoon = (): void => {
    timer ??= setTimeout(flush, Math.max(0, sent + 1000 / UPDATES_A_SECOND - performance.now())).unref();
  };
  return {
    state,
    flush,
    get listeners() {
      return responses.size;
    },
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
    connect(response, after) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      // How long a page waits before it connects again, in milliseconds.
      response.write('retry: 1000\n\n');
      const had = after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : null;
      const oldest = past[0]?.id ?? lastId + 1;
      if (had !== null && had >= oldest - 1 && had <= lastId)
        for (const { id, text } of past)
          if (id > had) write(response, text);
          else continue;
      else write(response, message('state', lastId, state));
      responses.add(response);
      onConnected();
      response.on('close', () => responses.delete(response));
    },
    seen(atMost) {
      return new Promise((resolve) => {
        const late = setTimeout(resolve, atMost);
        onConnected = () => {
          clearTimeout(late);
          // What was just written goes out first.
          setImmediate(resolve);
        };
        if (responses.size > 0) onConnected();
      });
    },
    close() {
      flush();
      for (const response of responses) response.end();
      past = [];
    },
  };
}

/** An event; JSON has no line breaks, which would end it. */
function message(event: string, id: number, data: unknown): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
