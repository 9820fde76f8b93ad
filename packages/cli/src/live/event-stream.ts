import type { ServerResponse } from 'node:http';
import { type BatchedUpdates, batchedUpdates } from './batched-updates.js';
import { applyUpdate, type LiveState } from './live-state.js';

/** Bytes of past events that are kept for a page that lost its connection; one that missed more gets the whole state. */
const KEPT_BYTES = 256 * 1024;

/** A page that takes up nothing while so many bytes wait for it is let go; when it connects again, it gets the state. */
const WAITING_BYTES = 4 * 1024 * 1024;

/** The events of a page. */
export interface EventStream extends BatchedUpdates {
  /** What a page shows that got every event. */
  readonly state: LiveState;
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
  let onConnected = () => {};

  const write = (response: ServerResponse, text: string): void => {
    response.write(text);
    if (response.writableLength > WAITING_BYTES) response.destroy();
  };
  const updates = batchedUpdates((update) => {
    applyUpdate(state, update);
    lastId += 1;
    const text = message('update', lastId, update);
    past.push({ id: lastId, text });
    pastBytes += text.length;
    while (pastBytes > KEPT_BYTES) pastBytes -= (past.shift() as (typeof past)[0]).text.length;
    for (const response of responses) write(response, text);
  });
  return {
    ...updates,
    state,
    get listeners() {
      return responses.size;
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
      updates.flush();
      for (const response of responses) response.end();
      past = [];
    },
  };
}

/** An event; JSON has no line breaks, which would end it. */
function message(event: string, id: number, data: unknown): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
