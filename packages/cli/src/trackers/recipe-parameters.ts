import type { Recipe } from '@lrfind/core/results';
import type { TrackedParameters } from './tracked-result.js';

/** What a model was trained with, as parameters: rate or schedule, optimizer with its parameters, batch size and callbacks. */
export function recipeParameters({ learningRate, optimizer, batchSize, callbacks = [] }: Recipe): TrackedParameters {
  return {
    learning_rate: Number.isNaN(Number(learningRate)) ? learningRate : Number(learningRate),
    ...optimizerParameters(optimizer),
    batch_size: batchSize,
    ...(callbacks.length > 0 && { callbacks: callbacks.map(({ name }) => name).join(', ') }),
  };
}

/** An optimizer and its parameters, each with `optimizer.` in front. */
export function optimizerParameters({ name, ...parameters }: Recipe['optimizer']): TrackedParameters {
  const plain = Object.entries(parameters).flatMap(([key, value]): [string, string | number | boolean][] =>
    value === null || value === undefined
      ? []
      : [
          [
            `optimizer.${key}`,
            typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean),
          ],
        ],
  );
  return { optimizer: name, ...Object.fromEntries(plain) };
}
