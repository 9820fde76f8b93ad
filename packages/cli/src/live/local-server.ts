import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { InputError } from '@lrfind/core';

/** The address: only programs on this machine can connect to it. */
export const LOOPBACK = '127.0.0.1';

/** Milliseconds in which a page takes up what is on its way. */
export const LINGER = 200;

/**
 * A server on 127.0.0.1.
 *
 * @param port 0 for any that is free
 * @param answer what is wrong with it ends the connection alone
 * @throws InputError for a port that cannot be used
 */
export async function localServer(
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Server> {
  const server = createServer(async (request, response) => {
    try {
      await answer(request, response);
    } catch {
      // Whatever is wrong with the page, the work goes on.
      response.destroy();
    }
  });
  await listening(server, port);
  return server;
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why =
        code === 'EADDRINUSE' ? 'which another program uses' : code === 'EACCES' ? 'which needs permission' : message;
      reject(new InputError(`--port must be a port of ${LOOPBACK} that is free; got ${port}, ${why}`));
    });
    server.listen(port, LOOPBACK, resolve);
  });
}

/**
 * The status that refuses a request: of another method, or by another name of this machine, since a site that has its own name point
 * here could else read the page. Undefined for one that may be answered.
 */
export function refusalOf(request: IncomingMessage): number | undefined {
  if (request.method !== 'GET') return 405;
  return /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(header(request, 'host') ?? '') ? undefined : 403;
}

/** A header of a request, where it is there once. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
