import { createHash } from 'node:crypto';
import { checkDocument, closed } from '@lrfind/core/options';
import type { TrialSpec } from '@lrfind/core/study';
import * as Type from 'typebox';
import { Check } from 'typebox/schema';
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
  /** Redis let it down, in words: no fault of the training. `refuses`: as often as this worker would try. */
  | { readonly redis: string; readonly refuses: boolean }
  /** It cannot do this job, and no other of its kind can either. */
  | { readonly refused: string };

/** The id of a job: a hash of everything that it is, so that a job which is added twice is there once. */
export function jobId(job: TrialJob): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('hex').slice(0, 40);
}

/** Whoever can write to Redis can say what it likes, and a hash becomes a name of a file. */
const contentFields = {
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$', allowed: 'a SHA-256 in hexadecimal' }),
  bytes: Type.Integer({ minimum: 0 }),
};
const ContentSchema = Type.Object(contentFields, closed);

const step = Type.Integer({ minimum: 1 });

const jobSchema = Type.Object(
  {
    lrfind: Type.String(),
    backend: Type.String(),
    model: ContentSchema,
    rows: ContentSchema,
    code: Type.Optional(Type.Object({ ...contentFields, file: Type.String() }, closed)),
    spec: Type.Object(
      {
        trial: Type.String(),
        recipe: Type.Object({
          optimizer: Type.Object({ name: Type.String() }),
          batchSize: Type.Integer({ minimum: 1 }),
          schedule: Type.Object({}),
          callbacks: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
        }),
        seed: Type.Integer(),
        evaluateAt: Type.Array(step, { minItems: 1 }),
        length: step,
      },
      closed,
    ),
    from: Type.Union([ContentSchema, Type.Null()]),
  },
  closed,
);

/**
 * Checks what came as a job.
 *
 * @throws InputError for what is none
 */
export function checkJob(data: unknown): asserts data is TrialJob {
  checkDocument(jobSchema, data, 'a job');
}

const resultSchema = Type.Union([
  Type.Object({ outcome: ContentSchema }, closed),
  Type.Object({ missing: ContentSchema }, closed),
  Type.Object({ redis: Type.String(), refuses: Type.Boolean() }, closed),
  Type.Object({ refused: Type.String() }, closed),
]);

/** Whether what came as the result of a job is one. */
export function isJobResult(value: unknown): value is JobResult {
  return Check(resultSchema, value);
}

/** Whether what came as a job is one. */
export function isJob(data: unknown): data is TrialJob {
  return Check(jobSchema, data);
}

/** A job in words, of whatever came as one. */
export function jobText(data: unknown): string {
  if (!isJob(data)) return 'what is no training';
  const { trial, seed, evaluateAt } = data.spec;
  return `${trial}, seed ${seed}, until step ${evaluateAt.at(-1)}`;
}
