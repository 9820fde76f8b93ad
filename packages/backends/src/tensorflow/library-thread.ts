import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { configProto } from './config-proto.js';
import { nativeCalls } from './process-end.js';
import { blockedSignals } from './signals.js';

/**
 * What the thread runs. A failure is left to the main thread, which loads the libraries once more and says why it cannot. The end of
 * the process waits for it (see `process-end.ts`).
 */
const PROGRAM = `
  const { parentPort, threadId, workerData } = require('node:worker_threads');
  const { paths, flags, config, blocked, calls } = workerData;
  const hasEnded = () => Atomics.load(calls, 0) === 1;
  const own = 1 + (threadId % (calls.length - 1));
  Atomics.add(calls, own, 1);
  try {
    if (!hasEnded()) load();
  } finally {
    Atomics.sub(calls, own, 1);
    Atomics.notify(calls, own);
  }

  function load() {
    const koffi = require(workerData.koffi);
    const system = koffi.load(null);
    const dlopen = system.func('void *dlopen(const char *path, int flags)');
    const isLoaded = paths.every((path) => dlopen(path, flags));
    parentPort.postMessage('loaded');
    if (isLoaded && !hasEnded()) computeOnce(koffi, system);
  }

  // Without checks: what fails here leaves its work to the main thread.
  function computeOnce(koffi, system) {
    // As around every call that computes.
    if (blocked) system.func('int pthread_sigmask(int how, void *set, void *before)')(0, blocked, null);
    const library = koffi.load(paths.at(-1));
    const output = koffi.struct({ oper: 'void *', index: 'int' });
    const call = (declaration, ...args) => library.func(declaration)(...args);
    const status = call('void *TF_NewStatus()');
    const options = call('void *TFE_NewContextOptions()');
    call('void TFE_ContextOptionsSetConfig(void *, void *, size_t, void *)', options, config, config.length, status);
    const context = call('void *TFE_NewContext(void *, void *)', options, status);
    call('void TFE_DeleteContextOptions(void *)', options);
    const FLOAT = 1;
    const tensor = call('void *TF_AllocateTensor(int, int64_t *, int, size_t)', FLOAT, [4, 4], 2, 64);
    const handle = call('void *TFE_NewTensorHandle(void *, void *)', tensor, status);
    const results = new BigUint64Array(1);
    const count = new Int32Array(1);
    const execute = (name, inputs) => {
      const op = call('void *TFE_NewOp(void *, const char *, void *)', context, name, status);
      for (let i = 0; i < inputs; i++) call('void TFE_OpAddInput(void *, void *, void *)', op, handle, status);
      count[0] = 1;
      call('void TFE_Execute(void *, void *, void *, void *)', op, results, count, status);
      call('void TFE_DeleteOp(void *)', op);
      if (results[0]) call('void TFE_DeleteTensorHandle(void *)', results[0]);
      results[0] = 0n;
    };
    execute('MatMul', 2);

    const graph = call('void *TF_NewGraph()');
    const operation = (type, inputs) => {
      const op = call('void *TF_NewOperation(void *, const char *, const char *)', graph, type, type);
      for (const oper of inputs) {
        library.func('TF_AddInput', 'void', ['void *', output])(op, { oper, index: 0 });
      }
      if (inputs.length === 0) call('void TF_SetAttrType(void *, const char *, int)', op, 'dtype', FLOAT);
      return call('void *TF_FinishOperation(void *, void *)', op, status);
    };
    const x = operation('Placeholder', []);
    const sum = operation('AddV2', [operation('MatMul', [x, x]), x]);
    const made = call(
      'void *TF_GraphToFunction(void *, const char *, uint8_t, int, void *, int, void *, int, void *, void *, void *, void *, void *)',
      ...[graph, 'lrfind_warm_up', 0, -1, null, 1, BigUint64Array.of(x, 0n), 1, BigUint64Array.of(sum, 0n)],
      ...[null, null, null, status],
    );
    call('void TFE_ContextAddFunction(void *, void *, void *)', context, made, status);
    execute('lrfind_warm_up', 1);
    if (call('int TF_GetCode(void *)', status) === 0) parentPort.postMessage('computed');

    call('void TF_DeleteFunction(void *)', made);
    call('void TF_DeleteGraph(void *)', graph);
    call('void TFE_DeleteTensorHandle(void *)', handle);
    call('void TF_DeleteTensor(void *)', tensor);
    call('void TFE_DeleteContext(void *)', context);
    call('void TF_DeleteStatus(void *)', status);
  }`;

/** A thread that loads TensorFlow's libraries. */
export interface LibraryThread {
  /** Resolves when they are loaded, also where they could not be. */
  readonly loaded: Promise<void>;
  /** Resolves to whether the thread has then computed something. */
  readonly computed: Promise<boolean>;
}

/**
 * Loads TensorFlow's libraries into the process from a thread of its own, so that the caller can do something else in the half
 * second that it takes. A library is loaded once in a process: who opens it again afterwards has it at once.
 *
 * The thread goes on to compute something small, because the first operation of a process takes 14 ms longer than later ones
 * (TensorFlow registers its kernels), the first matrix product another 13 (oneDNN) and the first function 7. Who computes before that is
 * done waits no longer than without it. Once the libraries are loaded, the thread does not keep the process alive.
 *
 * @param paths of the libraries, in order; the last one has the C API
 * @param flags of dlopen
 */
export function loadInThread(paths: readonly string[], flags: number): LibraryThread {
  const koffi = createRequire(import.meta.url).resolve('koffi');
  const workerData = {
    koffi,
    paths,
    flags,
    config: configProto(1, false),
    blocked: blockedSignals(),
    calls: nativeCalls,
  };
  const thread = new Worker(PROGRAM, { eval: true, workerData });
  const until = (wanted: string) =>
    new Promise<boolean>((resolve) => {
      thread.on('message', (message) => message === wanted && resolve(true));
      for (const end of ['error', 'exit']) thread.once(end, () => resolve(false));
    });
  const loaded = until('loaded').then(() => thread.unref());
  return { loaded, computed: until('computed') };
}
