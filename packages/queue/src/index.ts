// Trainings on several machines: a queue on Redis, and the workers that take from it.
export type { JobKind } from './jobs.js';
export type { PresentWorker } from './presence.js';
export { type KindState, type QueueState, queueState, type ShownJob } from './queue-state.js';
export { type RunningWorker, runWorker, type WorkerOptions } from './run-worker.js';
export { type TrialQueue, type TrialQueueOptions, trialQueue } from './trial-queue.js';
