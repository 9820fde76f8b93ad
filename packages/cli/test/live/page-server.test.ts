import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventStream } from '../../src/live/event-stream.js';
import type { LiveState } from '../../src/live/live-state.js';
import { type PageServer, servePage } from '../../src/live/page-server.js';

const start = (): LiveState => ({
  title: 'A search',
  subtitle: '',
  status: { text: 'starting' },
  panels: [],
  outcome: 'running',
});

let events: ReturnType<typeof eventStream>;
let server: PageServer;
beforeEach(async () => {
  events = eventStream(start());
  server = await servePage(events, 0);
});
afterEach(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks the server for a path from its root, by its address. */
function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

/** The events that a page gets which connects now, until there are so many. */
async function received(count: number, lastId?: string): Promise<{ id: string; event: string; data: unknown }[]> {
  const stop = new AbortController();
  const response = await fetch(`${server.url}events`, {
    signal: stop.signal,
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(piece, { stream: true });
    const whole = text.split('\n\n').filter((each) => each.startsWith('id: '));
    if (text.endsWith('\n\n') && whole.length >= count) break;
  }
  stop.abort();
  return text
    .split('\n\n')
    .filter((each) => each.startsWith('id: '))
    .map((each) => {
      const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(each) as unknown as string[];
      return { id: id as string, event: event as string, data: JSON.parse(data as string) };
    });
}

const tokenOf = (url: string) => new URL(url).pathname.split('/')[1] as string;

test('the page has an address on 127.0.0.1 with a token of 192 bits, another one each time', async () => {
  const { hostname, pathname } = new URL(server.url);
  expect(hostname).toBe('127.0.0.1');
  expect(pathname).toMatch(/^\/[\w-]{32}\/$/);
  const other = await servePage(eventStream(start()), 0);
  expect(tokenOf(other.url)).not.toBe(tokenOf(server.url));
  await other.close();
});

test('it is served on no other address of this machine', async () => {
  const { port } = new URL(server.url);
  const others = Object.values(networkInterfaces())
    .flat()
    .flatMap((each) => (each && !each.internal && each.family === 'IPv4' ? [each.address] : []));
  for (const host of [...others, '127.0.0.2', '::1']) {
    const outcome = new Promise((resolve) => {
      request({ host, port, path: '/', timeout: 2000 }, () => resolve('answered'))
        .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
        .on('timeout', () => resolve('timeout'))
        .end();
    });
    expect([host, await outcome]).not.toEqual([host, 'answered']);
  }
});

test('without the token, or with a wrong one, nothing is there', async () => {
  const token = tokenOf(server.url);
  const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  const paths = ['/', '/events', '/report.html', `/${wrong}/`, `/${token}`, `/${token.slice(1)}/`, `/${token}x/`, '//'];
  for (const path of paths) {
    const { status, text } = await ask(path);
    expect([path, status, text]).toEqual([path, 404, '']);
  }
  expect((await ask(`/${token}/`)).status).toBe(200);
  expect((await ask(`/${token}/page.css?x#y`)).status).toBe(200);
});

test('a name of another site that points to this machine is refused, also with the token', async () => {
  const path = new URL(server.url).pathname;
  const status = async (host: string) => (await ask(path, { headers: { host } })).status;
  for (const host of [
    'example.org',
    '127.0.0.1.example.org',
    'localhost.example.org:80',
    '127.0.0.2',
    '0.0.0.0',
    'localhost:',
  ])
    expect([host, await status(host)]).toEqual([host, 403]);
  // The last two are those of a tunnel.
  for (const host of [new URL(server.url).host, '127.0.0.1:1', 'localhost:8080'])
    expect([host, await status(host)]).toEqual([host, 200]);
});

test('only GET is answered', async () => {
  const path = new URL(server.url).pathname;
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])
    expect([method, (await ask(path, { method })).status]).toEqual([method, 405]);
});

test('every answer forbids whatever the page does not need, and to keep it', async () => {
  const { headers } = await ask(new URL(server.url).pathname);
  const policy = (headers['content-security-policy'] as string).split('; ');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy.join()).not.toMatch(/unsafe|http|\*/);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect((await ask('/')).headers).toHaveProperty('content-security-policy');
});

test('no path leads to other files', async () => {
  const { pathname } = new URL(server.url);
  for (const path of ['../package.json', '..%2fpackage.json', 'page.tsx', 'constructor', '__proto__', 'toString'])
    expect([path, (await ask(`${pathname}${path}`)).status]).toEqual([path, 404]);
});

test('a page that connects late gets the whole state, and then what follows', async () => {
  events.tell({ panels: [{ id: 'p', title: 'P', x: { title: 'x', log: false }, y: { title: 'y' }, lines: [] }] });
  events.tell({ lines: { p: [{ name: 'a', style: 'loss', points: [] }] }, points: { p: { a: [[0, 1]] } } });
  events.flush();
  const pending = received(2);
  await events.seen(2000);
  events.tell({ points: { p: { a: [[1, 2]] } } });
  events.flush();
  const [state, update] = await pending;
  expect(state).toMatchObject({ event: 'state', data: { title: 'A search' } });
  expect(state?.data).toMatchObject({ panels: [{ lines: [{ points: [[0, 1]] }] }] });
  expect(update).toMatchObject({ event: 'update', data: { points: { p: { a: [[1, 2]] } } } });
});

test('a page that lost its connection gets what it missed, once each', async () => {
  for (const text of ['one', 'two', 'three']) {
    events.tell({ status: { text } });
    events.flush();
  }
  const texts = async (count: number, lastId: string) =>
    (await received(count, lastId)).map(({ event, data }) => [event, (data as LiveState).status.text]);
  expect(await texts(2, '1')).toEqual([
    ['update', 'two'],
    ['update', 'three'],
  ]);
  // Ids that cannot be: of a command before this one at the same address, or nonsense.
  expect(await texts(1, '99')).toEqual([['state', 'three']]);
  expect(await texts(1, 'x')).toEqual([['state', 'three']]);
});

test('what is kept is bounded: after many events a page gets the state in place of each of them', async () => {
  const text = 'x'.repeat(10_000);
  for (let i = 0; i < 100; i++) {
    events.tell({ status: { text } });
    events.flush();
  }
  expect((await received(1, '1')).map(({ event }) => event)).toEqual(['state']);
  expect((await received(1, '99')).map(({ event }) => event)).toEqual(['update']);
});

test('updates go out at most twenty times a second, and none is lost', async () => {
  events.tell({
    panels: [
      {
        id: 'p',
        title: 'P',
        x: { title: 'x', log: false },
        y: { title: 'y' },
        lines: [{ name: 'a', style: 'loss', points: [] }],
      },
    ],
  });
  const pending = received(4);
  await events.seen(2000);
  const began = performance.now();
  let told = 0;
  const timer = setInterval(() => {
    events.tell({ points: { p: { a: [[told, told]] } } });
    told += 1;
  }, 1);
  const got = await pending;
  const milliseconds = performance.now() - began;
  clearInterval(timer);
  expect(milliseconds).toBeGreaterThan(2 * 50 - 5);
  const points = got.flatMap(({ event, data }) =>
    event === 'state' ? [] : ((data as { points?: { p: { a: number[][] } } }).points?.p.a ?? []),
  );
  expect(points.map(([x]) => x)).toEqual(points.map((_, i) => i));
  expect(points.length).toBeGreaterThan(got.length);
});

test('a report is there once it is set, and the server knows when it was taken', async () => {
  expect((await ask(`${new URL(server.url).pathname}report.html`)).status).toBe(404);
  server.setReport('<main>done</main>');
  const waiting = server.delivered(10_000);
  const { text, headers } = await ask(`${new URL(server.url).pathname}report.html`);
  expect([text, headers['content-type']]).toEqual(['<main>done</main>', 'text/html; charset=utf-8']);
  await waiting;
});

test('nobody is waited for longer than said', async () => {
  server.setReport('');
  const began = performance.now();
  await server.delivered(100);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('a port that another program uses is refused in a sentence', async () => {
  const other: Server = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  await expect(servePage(eventStream(start()), port)).rejects.toThrow(
    `--port must be a port of 127.0.0.1 that is free; got ${port}, which another program uses`,
  );
  other.close();
});
