import { resolveOptions } from '@lrfind/core/options';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { assignWeights, copyWeights, weightVariables } from '../model/weights.js';
import { count, stateCheck, weightTexts } from './state-schema.js';
import { readLog, trainingCallback } from './training-callback.js';
import { weightsFromText, weightsToText, weightsToTextNow } from './weights-text.js';

/** The options of `terminateOnNaN`. */
export const TerminateOnNaNOptions = Type.Object(
  {
    every: Type.Integer({
      default: 1,
      minimum: 1,
      description: 'check the loss of every n-th batch; each check waits for the device',
    }),
    restoreWeights: Type.Boolean({
      default: false,
      description: 'restore the weights that gave the last finite loss',
    }),
  },
  { additionalProperties: false },
);

/** The progress of a termination on NaN, between two epochs. */
export interface TerminateOnNaNState {
  /** Steps taken in this fit. */
  readonly step: number;
  /** The weights that gave the last finite loss, each in base64; null where none are stored. */
  readonly finiteWeights: readonly string[] | null;
}

const checked = stateCheck<TerminateOnNaNState>('terminateOnNaN', { step: count, finiteWeights: weightTexts });

/**
 * Ends the training when the loss of a batch is NaN or infinite, as in Keras. Weights that are NaN stay NaN, so checking
 * fewer batches finds the same a little later.
 *
 * @throws InputError for an unknown option
 *
 * @example
 * await model.fit(xs, ys, { epochs: 2, callbacks: [terminateOnNaN({ restoreWeights: true })] });
 */
export function terminateOnNaN(options: Partial<Static<typeof TerminateOnNaNOptions>> = {}): Callback & {
  state(): TerminateOnNaNState;
  /** As `state`, also on a backend that cannot read at once. */
  readState(): Promise<TerminateOnNaNState>;
  restore(state: TerminateOnNaNState): void;
} {
  const { every, restoreWeights } = resolveOptions(TerminateOnNaNOptions, options);
  let step = 0;
  let epoch = 0;
  /** The weights before the step that is checked next, and those that are known to give a finite loss. */
  let tried: Tensor[] = [];
  let finite: Tensor[] = [];
  /** A restored state, until the next fit uses it. */
  let pending: TerminateOnNaNState | null = null;
  const free = () => {
    dispose([tried, finite] as never);
    tried = [];
    finite = [];
  };
  const stateWith = (texts: readonly string[] | null): TerminateOnNaNState => ({ step, finiteWeights: texts });
  const isChecked = () => step % every === every - 1;
  return trainingCallback(
    'terminateOnNaN',
    {
      trainBegin: (model) => {
        free();
        step = pending?.step ?? 0;
        if (pending?.finiteWeights) finite = weightsFromText(pending.finiteWeights, weightVariables(model));
        pending = null;
      },
      epochBegin: (_, begun) => {
        epoch = begun;
      },
      ...(restoreWeights && {
        batchBegin: (model) => {
          if (isChecked()) tried = copyWeights(model);
        },
      }),
      async batchEnd(model, batch, logs) {
        // A loss that is already a number costs nothing to check; `train` ends with one that is not finite.
        if (isChecked() || (typeof logs.loss === 'number' && !Number.isFinite(logs.loss))) {
          const loss = await readLog(logs.loss ?? 0);
          if (Number.isFinite(loss)) {
            dispose(finite);
            finite = tried;
            tried = [];
          } else {
            model.stopTraining = true;
            const restored = finite.length > 0;
            if (restored) assignWeights(model, finite);
            console.warn(
              `Epoch ${epoch + 1}, batch ${batch}: the loss is ${loss}, training ends${restored ? '; the weights of the last finite loss are restored' : ''}`,
            );
          }
        }
        step += 1;
      },
      trainEnd: free,
      release: free,
    },
    {
      state: () => pending ?? stateWith(finite.length > 0 ? weightsToTextNow(finite, 'terminateOnNaN') : null),
      readState: async () => pending ?? stateWith(finite.length > 0 ? await weightsToText(finite) : null),
      restore(state: TerminateOnNaNState) {
        pending = checked(state);
      },
    },
    { every, restoreWeights },
  );
}
