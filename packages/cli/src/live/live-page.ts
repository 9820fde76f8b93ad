import type { ReportedResult } from '@lrfind/plots';
import { type EventStream, eventStream } from './event-stream.js';
import type { PageStart } from './live-state.js';
import { openBrowser } from './open-browser.js';
import { servePage } from './page-server.js';

/** Milliseconds that a command waits at its end for pages to get its report. */
const PATIENCE = 5000;

/** A page that shows work as it goes: what changes is told as to an {@link EventStream}. */
export interface LivePage extends Pick<EventStream, 'tell' | 'add' | 'status' | 'seen'> {
  /** Prints where the page is, and opens it. */
  open(): void;
  /** Turns it into the report of the work, and waits until open pages have got it, at most five seconds. */
  report(results: readonly ReportedResult[]): Promise<void>;
  /** Ends it: a page without a report says that the command has ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A page on 127.0.0.1.
 *
 * @param port 0 for any that is free
 * @throws InputError for a port that cannot be used
 */
export async function livePage(start: PageStart, port: number): Promise<LivePage> {
  const status = { text: 'reading' };
  const events = eventStream({ ...start, status, outcome: 'running' });
  const server = await servePage(events, port);
  return {
    open() {
      process.stderr.write(`page: ${server.url}\n`);
      events.tell({ status: { text: 'starting' } });
      openBrowser(server.url);
    },
    seen: events.seen,
    tell: events.tell,
    add: events.add,
    status: events.status,
    async report(results) {
      events.tell({ status: { text: 'drawing the report' } });
      events.flush();
      const { renderReport } = await import('@lrfind/plots');
      server.setReport(await renderReport(results));
      events.tell({ outcome: 'reported' });
      events.flush();
      await server.delivered(PATIENCE);
    },
    async [Symbol.asyncDispose]() {
      if (events.state.outcome === 'running') events.tell({ outcome: 'ended' });
      await server.close();
    },
  };
}
