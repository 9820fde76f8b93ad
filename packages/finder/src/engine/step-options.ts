import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { DeviceDataset } from './device-dataset.js';
import type { LogitsOutput } from '../losses/logits.js';
import type { LossFunction } from '../losses/functions.js';
import type { Metric } from '../metrics-metric.js';
import type { UpdateRule } from '../optimizers/update-rule.js';

/** What a step is made of. `losses` has one entry for each output of the model. */
export interface TrainingSetup {
  readonly model: LayersModel;
  /** From which batches are gathered; it must live as long as the step. */
  readonly table: DeviceDataset;
  readonly losses: readonly LossFunction[];
  /** For each output, whether and how its loss is computed from logits. Default: from what the model gives. */
  readonly heads?: readonly (LogitsOutput | undefined)[];
  /** What is measured besides the loss. Default: nothing. */
  readonly metrics?: readonly Metric[];
  readonly rule: UpdateRule;
  /**
   * Whether momentum follows a changed rate at once. A sweep needs that: with Keras's velocity, in which earlier and lower
   * rates live on, the effective rate would trail the nominal one by a factor of two. Training by a schedule must not.
   */
  readonly correctMomentum: boolean;
  /** Whether a momentum is given with each step. Default: no, it is the rule's. */
  readonly schedulesMomentum?: boolean;
  /** About how many steps there will be; a long run is worth more compilation. */
  readonly steps: number;
}
