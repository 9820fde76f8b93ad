import { version } from '@lrfind/core';

/** What begins the name of every key in Redis. */
export const PREFIX = 'lrfind';

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

/** A kind in words. */
export function kindText({ lrfind, backend, hasCode }: JobKind): string {
  return `lrfind ${lrfind} on ${backend}${hasCode ? ', started with --allow-code' : ''}`;
}
