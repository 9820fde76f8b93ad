// Trainings on several machines: a queue on Redis, and the workers that take from it.
export type { JobKind } from './jobs/job-kind.js';
export type { PresentWorker } from './jobs/presence.js';
export { type KindState, type QueueState, queueState, type ShownJob } from './jobs/queue-state.js';
export { type TrialQueue, type TrialQueueOptions, trialQueue } from './study/trial-queue.js';
export { type RunningWorker, runWorker, type WorkerOptions } from './worker/run-worker.js';
