import { InputError } from '@lrfind/core';

/** Classes of the errors by which TensorFlow.js's layers refuse what they get; it does not export them. */
const REFUSALS: ReadonlySet<string> = new Set(['ValueError', 'AttributeError', 'NotImplementedError', 'IndexError']);

/**
 * Runs a model forwards. Some models can be built and not run, such as one around a model whose inputs have another shape:
 * TensorFlow.js finds that with the first batch, which fits the outer model.
 *
 * @param name of the model, for the message
 * @throws InputError with TensorFlow.js's reason, where a layer or an operation refuses what it gets
 */
export function runModel<Result>(name: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InputError) throw error;
    if (!REFUSALS.has(error.constructor.name) && !error.message.startsWith('Error in ')) throw error;
    throw new InputError(`model "${name}" must have layers that fit each other; TensorFlow.js says: ${error.message}`, {
      cause: error,
    });
  }
}
