import { InputError } from '@lrfind/core';
import { type Dataset, rowSize } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Checks the ids that embeddings look up. Backends do not: WebAssembly reads whatever memory an id points to.
 *
 * @param idsOfInputs of the model
 * @param what messages call the rows, such as `data`
 * @throws InputError naming the row, the value and how many ids there are
 */
export function checkIds(
  model: LayersModel,
  idsOfInputs: readonly (number | undefined)[],
  { inputs }: Pick<Dataset, 'inputs'>,
  what: string,
): void {
  for (const [i, ids] of idsOfInputs.entries()) {
    const input = inputs[i];
    if (ids === undefined || !input) continue;
    const wrong = input.values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < ids));
    if (wrong < 0) continue;
    const row = Math.floor(wrong / rowSize(input.windows ? input.shape.slice(1) : input.shape));
    const name = model.inputNames[i] ?? model.inputs[i]?.sourceLayer.name;
    throw new InputError(
      `${what}: row ${row} of input "${name}" must have whole numbers from 0 to ${ids - 1}, which an embedding looks up; got ${input.values[wrong]}`,
    );
  }
}
