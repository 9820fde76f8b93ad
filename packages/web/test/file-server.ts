import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.gz': 'application/gzip',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A file that was sent, with its bytes as packed by gzip. */
export interface Sent {
  readonly url: string;
  readonly bytes: number;
}

/** Serves the built page as file servers do: packed, with the time of each file, and without headers of isolation. */
export async function fileServer() {
  const built = new Date().toUTCString();
  const sent: Sent[] = [];
  const server = createServer(({ url = '', headers: asked }, response) => {
    const file = join(dist, url.replace(/\?.*$/, '').replace(/\/$/, '/index.html'));
    if (!existsSync(file)) return response.writeHead(404).end();
    const headers = { 'content-type': types[extname(file)] as string, 'last-modified': built };
    // A browser need not get twice what it has.
    if (asked['if-modified-since'] === built) return response.writeHead(304, headers).end();
    const body = gzipSync(readFileSync(file), { level: 6 });
    sent.push({ url, bytes: body.length });
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { address, sent, close: () => server.close() };
}
