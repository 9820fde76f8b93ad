import { connect, createServer, type Socket } from 'node:net';

/** A proxy before a Redis that cuts connections off, as a network does. */
export interface CuttingProxy {
  readonly port: number;
  /** Resets all connections for which the function says so, given what they have sent so far. */
  cut(which?: (sent: string) => boolean): void;
  /** From now on resets each connection in the middle of what it gets, after so many bytes. */
  cutAfter(bytes: () => number): void;
  /** Passes on nothing that is sent to Redis, or all of it again. */
  hold(isHeld: boolean): void;
  close(): void;
}

/** Starts a proxy. */
export async function cuttingProxy(target: number): Promise<CuttingProxy> {
  const open = new Map<Socket, { sent: string; left: number }>();
  let bytes = () => Number.POSITIVE_INFINITY;
  const server = createServer((client) => {
    const state = { sent: '', left: bytes() };
    open.set(client, state);
    const redis = connect(target, '127.0.0.1');
    const end = () => {
      open.delete(client);
      client.resetAndDestroy();
      redis.destroy();
    };
    for (const socket of [client, redis]) socket.on('error', end).on('close', end);
    client.on('data', (data) => {
      state.sent += data.toString('latin1', 0, 1000);
      redis.write(data);
    });
    redis.on('data', (data) => {
      client.write(data.subarray(0, state.left));
      state.left -= data.length;
      // What was written must be on its way before the connection is reset.
      if (state.left <= 0) setTimeout(end, 2);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut(which = () => true) {
      for (const [socket, { sent }] of open) if (which(sent)) socket.destroy(new Error('cut'));
    },
    cutAfter(count) {
      bytes = count;
      for (const state of open.values()) state.left = count();
    },
    hold(isHeld) {
      for (const socket of open.keys()) isHeld ? socket.pause() : socket.resume();
    },
    close() {
      for (const socket of open.keys()) socket.destroy();
      server.close();
    },
  };
}
