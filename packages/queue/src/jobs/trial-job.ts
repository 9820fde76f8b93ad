import { createHash } from 'node:crypto';
import type { TrialSpec } from '@lrfind/core/study';
import type { Content } from '../contents/contents.js';

/** One rung of one training, as a job holds it: with the contents that it needs by their hashes. */
export interface TrialJob {
  /** The lrfind that gave it, on a backend: another one might compute other bits. */
  readonly lrfind: string;
  readonly backend: string;
  /** A packed `ModelCopy`. */
  readonly model: Content;
  /** A packed `RowsCopy`. */
  readonly rows: Content;
  /** The module of a model with layers of its own, and the name of its file. */
  readonly code?: Content & { readonly file: string };
  readonly spec: Omit<TrialSpec, 'model' | 'data' | 'from'>;
  /** The paused training as JSON; null to start a new one. */
  readonly from: Content | null;
}

/** What a worker gives back. */
export type JobResult =
  /** The outcome as JSON. */
  | { readonly outcome: Content }
  /** Something that it needs is nowhere to be had. */
  | { readonly missing: Content }
  /** It cannot do this job, and no other of its kind can either. */
  | { readonly refused: string };

/** The id of a job: a hash of everything that it is, so that a job which is added twice is there once. */
export function jobId(job: TrialJob): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('hex').slice(0, 40);
}
