import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventStream } from './event-stream.js';
import { header, LINGER, LOOPBACK, localServer, refusalOf } from './local-server.js';
import { type PageFile, pageFile } from './page-files.js';

/** A page on this machine. */
export interface PageServer {
  /** Where the page is, with its token. */
  readonly url: string;
  /** Puts a report into the page. */
  setReport(html: string): void;
  /** Resolves once every page that listens has got the report, at the latest after these milliseconds. */
  delivered(atMost: number): Promise<void>;
  /** Ends all connections, and the server. */
  close(): Promise<void>;
}

/**
 * Headers of every answer. The page runs its own script alone, loads nothing from elsewhere, and is not kept, framed or told of to
 * others.
 */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Serves a page on 127.0.0.1 to whoever knows its token: the page, its events, and at last its report.
 *
 * @param port 0 for any that is free
 * @throws InputError for a port that cannot be used
 */
export async function servePage(events: EventStream, port: number): Promise<PageServer> {
  const token = randomBytes(24).toString('base64url');
  let report: string | undefined;
  let reported = 0;
  let onReported = () => {};
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = allowedPath(request, token);
    if (typeof path === 'number') response.writeHead(path).end();
    else if (path === 'events') events.connect(response, header(request, 'last-event-id'));
    else if (path !== 'report.html' || report === undefined) send(response, pageFile(path));
    else {
      send(response, { type: 'text/html; charset=utf-8', text: report });
      response.on('finish', () => {
        reported += 1;
        onReported();
      });
    }
  };
  const server = await localServer(port, answer);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${taken}/${token}/`,
    setReport(html) {
      report = html;
    },
    delivered(atMost) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, atMost);
        onReported = () => {
          if (reported === 0 || reported < events.listeners) return;
          clearTimeout(timer);
          // The end of an answer is written, and not yet read.
          setTimeout(resolve, LINGER);
        };
        onReported();
      });
    },
    async close() {
      events.close();
      const closed = new Promise((resolve) => server.close(resolve));
      // Connections that are still being answered end with their answer; others wait for a page that asks no more.
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), LINGER);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** The path within the page, or the status that refuses a request: one that may not be answered, or that is without the token. */
function allowedPath(request: IncomingMessage, token: string): string | number {
  const refusal = refusalOf(request);
  if (refusal !== undefined) return refusal;
  const [, given = '', ...path] = (request.url ?? '').replace(/[?#].*$/, '').split('/');
  return same(given, token) && path.length > 0 ? path.join('/') : 404;
}

/** Whether two texts are equal, in a time that does not depend on where they differ. */
function same(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function send(response: ServerResponse, file: PageFile | undefined): void {
  if (file) response.writeHead(200, { 'content-type': file.type }).end(file.text);
  else response.writeHead(404).end();
}
