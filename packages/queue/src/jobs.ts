import { createHash } from 'node:crypto';
import { version } from '@lrfind/core';
import type { TrialSpec } from '@lrfind/core/study';
import type { Content } from './contents.js';

/** What begins the name of every key in Redis. */
export const PREFIX = 'lrfind';

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

/** What decides which jobs a worker takes. */
export interface JobKind {
  readonly lrfind: string;
  readonly backend: string;
  /** Whether jobs have code of the user's. */
  readonly hasCode: boolean;
}

/**
 * The name of the queue of a kind of jobs. Each kind has a queue of its own, so that no worker gets a job which it would have to refuse.
 */
export function queueName({ lrfind, backend, hasCode }: JobKind): string {
  return `trainings-${lrfind}-${backend}${hasCode ? '-code' : ''}`;
}

/** The kind of the jobs of a queue. */
export function kindOfQueue(name: string): JobKind | null {
  const match = /^trainings-(.+)-([a-z]+?)(-code)?$/.exec(name);
  return match && { lrfind: match[1] as string, backend: match[2] as string, hasCode: match[3] !== undefined };
}

/** The kind of jobs that this lrfind gives and takes. */
export function ownKind(backend: string, hasCode: boolean): JobKind {
  return { lrfind: version, backend, hasCode };
}

/** The id of a job: a hash of everything that it is, so that a job which is added twice is there once. */
export function jobId(job: TrialJob): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('hex').slice(0, 40);
}

/** A kind in words. */
export function kindText({ lrfind, backend, hasCode }: JobKind): string {
  return `lrfind ${lrfind} on ${backend}${hasCode ? ', started with --allow-code' : ''}`;
}
