import { MessageChannel, Worker } from 'node:worker_threads';
import type { Memory } from '../../wasm/memory.js';
import type { Calls, KernelThreads } from '../../wasm/parallel.js';
import type { CompiledSimdFunction, FunctionOrigin } from '../../wasm/simd/module.js';

/*
 * The threads that run lrfind's own functions. Whoever is ready takes the next calls from the list, the caller too, which waits only
 * for what others have begun. So a thread that is late, because another program has its processor, delays nothing but its own part.
 */

/** The words that the threads share. The arguments of the calls follow. */
const WORDS = {
  /** Counts the jobs. A worker waits for it to change. */
  job: 0,
  /** The number of workers in the present job; `OPEN` is added while more may join. */
  state: 1,
  /** The index of the next calls to take. */
  next: 2,
  /** 1 when a worker has failed. */
  failed: 3,
  module: 4,
  name: 5,
  calls: 6,
  width: 7,
  atOnce: 8,
  scratch: 9,
  scratchBytes: 10,
  /** Threads that may take part, with the caller's. */
  threads: 11,
  end: 16,
} as const;
const OPEN = 1 << 16;
/** Words for arguments. A longer list is run in pieces. */
const MAX_ARGUMENTS = 2 ** 16;
/** How often a thread looks whether its wait is over before it sleeps: about 10 µs. */
const SPINS = 2000;

/** What a worker runs: it waits for jobs, and never returns to its event loop. */
const PROGRAM = `
  const { workerData, receiveMessageOnPort } = require('node:worker_threads');
  const { memory, words, port, slot, WORDS, OPEN, SPINS } = workerData;
  const instances = [];
  for (let seen = 0; ; ) {
    for (let i = 0; i < SPINS && Atomics.load(words, WORDS.job) === seen; i++);
    Atomics.wait(words, WORDS.job, seen);
    seen = Atomics.load(words, WORDS.job);
    for (;;) {
      const state = Atomics.load(words, WORDS.state);
      if ((state & OPEN) === 0) break;
      if (Atomics.compareExchange(words, WORDS.state, state, state + 1) !== state) continue;
      // Where fewer threads than there are may take part.
      if (slot >= words[WORDS.threads]) {
        Atomics.sub(words, WORDS.state, 1);
        Atomics.notify(words, WORDS.state);
        break;
      }
      try {
        // What was posted before the job was opened.
        for (let posted; (posted = receiveMessageOnPort(port)); )
          instances.push(new WebAssembly.Instance(posted.message, { memory: { memory } }).exports);
        const fn = instances[words[WORDS.module]][words[WORDS.name]];
        const width = words[WORDS.width];
        const scratchBytes = words[WORDS.scratchBytes];
        const args = scratchBytes ? [words[WORDS.scratch] + slot * scratchBytes] : [];
        const given = args.length;
        for (;;) {
          const first = Atomics.add(words, WORDS.next, words[WORDS.atOnce]);
          const last = Math.min(first + words[WORDS.atOnce], words[WORDS.calls]);
          if (first >= last) break;
          for (let i = first, at = WORDS.end + first * width; i < last; i++) {
            for (let arg = 0; arg < width; arg++) args[given + arg] = words[at++];
            fn(...args);
          }
        }
      } catch {
        Atomics.store(words, WORDS.failed, 1);
      }
      Atomics.sub(words, WORDS.state, 1);
      Atomics.notify(words, WORDS.state);
      break;
    }
  }
`;

/** Workers on the memory of a backend. Each starts with the first job that it may take part in; they keep no process alive, and end with {@link end}. */
export class WorkerThreads implements KernelThreads {
  readonly #memory: Memory;
  readonly #most: number;
  readonly #words = new Int32Array(new SharedArrayBuffer(4 * (WORDS.end + MAX_ARGUMENTS)));
  readonly #modules: object[] = [];
  #ports: MessageChannel['port1'][] = [];
  #workers: Worker[] = [];
  #limit = Number.POSITIVE_INFINITY;

  /** @param most the number of threads, with the caller's */
  constructor(memory: Memory, most: number) {
    this.#memory = memory;
    this.#most = most;
  }

  get count(): number {
    return Math.min(this.#most, this.#limit);
  }

  /** Lets at most so many threads take part from now on, with the caller's. */
  limit(threads: number): void {
    this.#limit = threads;
  }

  run(fn: CompiledSimdFunction, { module, name }: FunctionOrigin, { list, width, atOnce, scratch }: Calls): void {
    const words = this.#words;
    while (this.#ports.length < this.count - 1) this.#start();
    if (!this.#modules.includes(module)) {
      this.#modules.push(module);
      for (const port of this.#ports) port.postMessage(module);
    }
    const most = Math.floor(MAX_ARGUMENTS / width);
    for (let done = 0; done * width < list.length; done += most) {
      const part = list.subarray(done * width, (done + most) * width);
      const calls = part.length / width;
      words.set(part, WORDS.end);
      words[WORDS.module] = this.#modules.indexOf(module);
      words[WORDS.name] = Number(name);
      words[WORDS.calls] = calls;
      words[WORDS.width] = width;
      words[WORDS.atOnce] = atOnce;
      words[WORDS.scratch] = scratch?.address ?? 0;
      words[WORDS.scratchBytes] = scratch?.bytes ?? 0;
      words[WORDS.threads] = this.count;
      words[WORDS.next] = 0;
      words[WORDS.failed] = 0;
      Atomics.store(words, WORDS.state, OPEN);
      Atomics.add(words, WORDS.job, 1);
      Atomics.notify(words, WORDS.job);
      const args = scratch ? [scratch.address] : [];
      const given = args.length;
      try {
        for (;;) {
          const first = Atomics.add(words, WORDS.next, atOnce);
          if (first >= calls) break;
          for (let call = first, at = first * width; call < Math.min(first + atOnce, calls); call++) {
            // Spreading a typed array takes ten times as long.
            for (let arg = 0; arg < width; arg++) args[given + arg] = part[at++] as number;
            fn(...args);
          }
        }
      } finally {
        // Also after an error: the memory that the calls use must not be freed under them.
        Atomics.sub(words, WORDS.state, OPEN);
        for (let spins = 0; Atomics.load(words, WORDS.state) !== 0; spins++) {
          const busy = Atomics.load(words, WORDS.state);
          if (spins > SPINS && busy !== 0) Atomics.wait(words, WORDS.state, busy);
        }
      }
      if (words[WORDS.failed]) throw new Error('a thread of the wasm backend has failed');
    }
  }

  /** Ends the workers. */
  end(): void {
    this.#limit = 1;
    for (const worker of this.#workers) void worker.terminate();
    this.#workers = [];
  }

  /** Starts one more, which knows the modules of the jobs before. */
  #start(): void {
    const { port1, port2 } = new MessageChannel();
    const slot = this.#ports.length + 1;
    const workerData = { memory: this.#memory, words: this.#words, port: port2, slot, WORDS, OPEN, SPINS };
    // Without the flags and environment of the process: modules that it preloads (`--import`) are not for these workers.
    const options = { eval: true, execArgv: [], env: {}, name: 'wasm kernels', workerData, transferList: [port2] };
    const worker = new Worker(PROGRAM, options);
    worker.unref();
    port1.unref();
    for (const module of this.#modules) port1.postMessage(module);
    this.#workers.push(worker);
    this.#ports.push(port1);
  }
}
