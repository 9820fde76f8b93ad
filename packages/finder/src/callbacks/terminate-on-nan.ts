import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Callback } from '@tensorflow/tfjs-layers';
import Type, { type Static } from 'typebox';
import { resolveOptions } from '@lrfind/core';
import { assignWeights, copiesOfWeights } from '../model/lease.js';
import { fetched, trainingCallback } from './training-callback.js';

/** The options of `terminateOnNaN`. */
export const TerminateOnNaNOptions = Type.Object(
  {
    every: Type.Integer({
      default: 1,
      minimum: 1,
      description: 'look at the loss of one batch in so many; each look waits for the device',
    }),
    restoreWeights: Type.Boolean({
      default: false,
      description: 'put the weights back that gave the last finite loss that was seen',
    }),
  },
  { additionalProperties: false },
);

/**
 * Ends the training when the loss of a batch is NaN or infinite, as Keras's does. Weights that are NaN stay so, hence
 * looking at fewer batches finds the same a little later.
 *
 * @throws InputError for an unknown option
 */
export function terminateOnNaN(options: Partial<Static<typeof TerminateOnNaNOptions>> = {}): Callback {
  const { every, restoreWeights } = resolveOptions(TerminateOnNaNOptions, options);
  let step = 0;
  let epoch = 0;
  /** The weights before the step whose loss is looked at next, and those that are known to give a finite one. */
  let tried: Tensor[] = [];
  let finite: Tensor[] = [];
  const free = () => {
    dispose([tried, finite] as never);
    tried = [];
    finite = [];
  };
  const looks = () => step % every === every - 1;
  return trainingCallback(
    'terminateOnNaN',
    {
      trainBegin: () => {
        step = 0;
        free();
      },
      epochBegin: (_, begun) => {
        epoch = begun;
      },
      ...(restoreWeights && {
        batchBegin: (model) => {
          if (looks()) tried = copiesOfWeights(model);
        },
      }),
      async batchEnd(model, batch, logs) {
        // A loss that came as a number is looked at for nothing; a training of ours ends with one that is not finite.
        if (looks() || (typeof logs.loss === 'number' && !Number.isFinite(logs.loss))) {
          const loss = await fetched(logs.loss ?? 0);
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
    {},
  );
}
