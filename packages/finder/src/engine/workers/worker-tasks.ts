import type { TrialOutcome, TrialSpec } from '@lrfind/core/study';
import type { SplitDataset } from '@lrfind/data';
import type { Session } from '../session.js';
import type { SweepTask } from '../sweeper.js';
import type { SessionCopy } from './session-copy.js';

/** How a worker begins: with a copy of a session, on a backend. */
export interface WorkerStart {
  readonly backend: string;
  /** By their numbers; null for one that only the calling thread has. Each is opened with its first task. */
  readonly sessions: readonly (SessionCopy | null)[];
  /** That it computes with at first, and at most, while other lanes have nothing to do. */
  readonly threads: number;
  readonly mostThreads: number;
}

/** The rows of a session as a task sees them; the copy may have others to train on. */
export type TaskRows = Pick<SplitDataset, 'train' | 'heldOut' | 'test'>;

/** The rows of a session, for its tasks. */
export function taskRows({ data: { train, heldOut, test } }: Session): TaskRows {
  return { train, heldOut, test };
}

/** A sweep with an optimizer. */
export interface SweepJob {
  readonly kind: 'sweep';
  readonly session: number;
  readonly rows: TaskRows;
  readonly optimizer: { readonly name: string };
  readonly batchSize: number;
  /** The name of the group whose weights alone are updated; null for all. */
  readonly group: string | null;
  readonly heldOut: Int32Array | undefined;
  readonly calls: number;
  readonly sweep: SweepTask;
  /** Whether the weights and the optimizer's state at the end are reported in place of the sweep. */
  readonly reportsState: boolean;
}

/** A part of a training, among those in which each seed holds out rows of its own. */
export interface TrainJob {
  readonly kind: 'train';
  readonly session: number;
  readonly rows: TaskRows;
  readonly spec: TrialSpec;
  /** How the rows of the seeds are drawn. */
  readonly seed: number;
  readonly seeds: number;
  readonly calls: number;
}

/** A part of a training of a comparison. */
export interface TrialJob {
  readonly kind: 'trial';
  readonly session: number;
  readonly spec: TrialSpec;
  /** About how many trainings share an optimizer. */
  readonly sharing: number;
}

/** What became of a {@link TrialJob}. */
export interface TrialDone {
  readonly outcome: TrialOutcome;
  /** Milliseconds a step, without evaluations; undefined where there were too few steps to tell. */
  readonly pace: number | undefined;
}

export type WorkerTask = SweepJob | TrainJob | TrialJob;

/** From the thread that has the session to a worker. */
export type ToWorker =
  | { readonly backend: string; readonly mostThreads: number }
  | { readonly start: WorkerStart }
  | { readonly id: number; readonly task: WorkerTask }
  | { readonly abort: number }
  | { readonly threads: number }
  | { readonly close: true };

/** From a worker. */
export type FromWorker =
  | { readonly id: number; readonly event: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
