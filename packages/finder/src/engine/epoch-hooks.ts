import type { Evaluation } from '@lrfind/core/results';

/** What listens to a training, and may end it. Each function may wait. */
export interface EpochHooks {
  /** Whether `batchEnd` is called, for which the loss of every batch must be fetched. */
  readonly looksAtBatches: boolean;
  /** Whether the training should end with the present batch. */
  readonly stopped: boolean;
  trainBegin(): Promise<void>;
  trainEnd(): Promise<void>;
  epochBegin(epoch: number): Promise<void>;
  epochEnd(epoch: number, point: Evaluation): Promise<void>;
  batchBegin(batch: number): Promise<void>;
  batchEnd(batch: number, rows: number, loss: number): Promise<void>;
  /** Frees what is kept for a training that broke off, whose end nobody is told of. */
  release(): void;
}
