import type { Executor } from '@lrfind/core/study';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SessionCopy } from './session-copy.js';

/** A model with its rows, to which trials refer. */
export interface SentTrials {
  /** What trials call the model. */
  readonly ref: string;
  readonly model: LayersModel;
  /** The session as plain data. */
  readonly copy: SessionCopy;
}

/** Runs the trainings of a comparison elsewhere than in this process, such as on workers that take them from a queue. */
export interface TrialRunner {
  /** @param sessions those that the trials refer to, each once */
  executor(sessions: readonly SentTrials[]): Promise<Executor>;
}
