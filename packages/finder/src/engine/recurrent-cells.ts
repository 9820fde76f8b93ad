import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/** What TensorFlow.js's recurrent cells have for their dropout. */
export interface RecurrentCell {
  /** Makes a mask for `ones` in place of TensorFlow.js's own dropout; the caller may have set one. */
  dropoutFunc: ((ones: Tensor, rate: number) => Tensor) | null | undefined;
  /** The masks that the cell made last, with none dropped when it was not training. */
  dropoutMask: Tensor | Tensor[] | null;
  recurrentDropoutMask: Tensor | Tensor[] | null;
}

// Their classes are not exported; a name, so that no automatic one is used up.
const name = 'specimen';
const CELL_CALLS: ReadonlySet<unknown> = new Set(
  [
    layers.simpleRNNCell({ units: 1, name }),
    layers.gruCell({ units: 1, name }),
    layers.lstmCell({ units: 1, name }),
    layers.convLstm2dCell({ filters: 1, kernelSize: 1, name }),
  ].map(({ call }) => call),
);

/** The recurrent cells among some layers that compute as TensorFlow.js's own do, and not as a subclass. */
export function recurrentCells(parts: Iterable<layers.Layer>): RecurrentCell[] {
  return [...parts].filter(({ call }) => CELL_CALLS.has(call)) as unknown as RecurrentCell[];
}

/**
 * Runs `action` with recurrent cells that have no dropout masks yet, and gives them back those that they had. A cell keeps
 * its masks until the layer around it takes them away, which `layers.rnn` never does: without this the masks of the first
 * batch, or the absence of any when that batch was not for training, would last for good.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param action synchronous
 */
export function withFreshMasks<Result>(parts: ReadonlySet<layers.Layer>, action: () => Result): Result {
  const before = recurrentCells(parts).map((cell) => {
    const { dropoutMask, recurrentDropoutMask } = cell;
    return { cell, masks: { dropoutMask, recurrentDropoutMask } };
  });
  for (const { cell } of before) Object.assign(cell, { dropoutMask: null, recurrentDropoutMask: null });
  try {
    return action();
  } finally {
    for (const { cell, masks } of before) {
      dispose([cell.dropoutMask ?? [], cell.recurrentDropoutMask ?? []]);
      Object.assign(cell, masks);
    }
  }
}
