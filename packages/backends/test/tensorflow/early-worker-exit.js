// Opens TensorFlow with the built package, then in a worker thread too, and ends some milliseconds after that began; for exit.test.ts.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { useBackend } from '../../dist/node/index.js';

if (isMainThread) {
  await useBackend('tensorflow');
  const worker = new Worker(new URL(import.meta.url));
  worker.once('message', () => setTimeout(() => process.exit(5), Number(process.argv[2])));
} else {
  parentPort?.postMessage('begun');
  await useBackend('tensorflow');
}
