import { dispose, type Tensor } from '@tensorflow/tfjs-core';

/** Measurements that are still on the device, each with what belongs to it. */
export interface Readback<Context> {
  /** Number of measurements that wait. */
  readonly waiting: number;
  /** Takes over tensors that a step measured. */
  add(measured: readonly Tensor[], context: Context): void;
  /** Reads everything that waits, in order, and frees it. */
  read(): Promise<{ readonly values: readonly Float32Array[]; readonly context: Context }[]>;
  /** Frees what still waits. */
  dispose(): void;
}

/**
 * Collects measurements on the device, so that they are read several at a time: on a GPU, waiting for each would take
 * longer than the step itself.
 */
export function readback<Context>(): Readback<Context> {
  let waiting: { readonly measured: readonly Tensor[]; readonly context: Context }[] = [];
  const free = (entries: typeof waiting) => dispose(entries.map(({ measured }) => measured) as never);
  return {
    get waiting() {
      return waiting.length;
    },
    add(measured, context) {
      waiting.push({ measured, context });
    },
    async read() {
      const taken = waiting;
      waiting = [];
      try {
        const reads = taken.map(async ({ measured, context }) => ({
          values: (await Promise.all(measured.map((tensor) => tensor.data()))) as Float32Array[],
          context,
        }));
        return await Promise.all(reads);
      } finally {
        free(taken);
      }
    },
    dispose() {
      free(waiting);
      waiting = [];
    },
  };
}

/** Milliseconds of training after which losses are read, however few they are: Ctrl-C and progress wait for it. */
export const READBACK_MS = 100;

/** Node's way to wait for the event loop; a page has none. */
const { setImmediate: immediately } = globalThis as { readonly setImmediate?: (callback: () => void) => void };

/** The part of a page's `MessageChannel` that is used here, which the types of Node lack. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/**
 * Calls back once the event loop has run. TensorFlow.js's own `nextFrame` waits for the next picture of a page, 17 ms, and for ever
 * while its tab is hidden; a message to oneself is there at once.
 */
function afterEvents(callback: () => void): void {
  if (immediately) {
    immediately(callback);
    return;
  }
  const { port1, port2 } = new MessageChannel() as unknown as Record<'port1' | 'port2', Port>;
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(null);
}

/**
 * Lets the event loop run: progress bars, Ctrl-C and abort signals.
 *
 * @throws the signal's reason when it is aborted
 */
export async function yieldToEvents(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>(afterEvents);
  signal?.throwIfAborted();
}
