import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { ResetAfterCell } from '../model/layers/gru.js';

/** The properties of TensorFlow.js's recurrent cells that their dropout uses. */
export interface RecurrentCell {
  /** Makes a mask for `ones` instead of TensorFlow.js's own dropout; the caller may have set it. */
  dropoutFunc: ((ones: Tensor, rate: number) => Tensor) | null | undefined;
  /** The masks that the cell made last; null where it dropped nothing. */
  dropoutMask: Tensor | Tensor[] | null;
  recurrentDropoutMask: Tensor | Tensor[] | null;
}

// TensorFlow.js does not export the classes, so an instance gives access to them. The name keeps automatic names unchanged.
const name = 'probe';
const CELL_CALLS: ReadonlySet<unknown> = new Set(
  [
    layers.simpleRNNCell({ units: 1, name }),
    layers.gruCell({ units: 1, name }),
    layers.lstmCell({ units: 1, name }),
    layers.convLstm2dCell({ filters: 1, kernelSize: 1, name }),
    ResetAfterCell.prototype,
  ].map(({ call }) => call),
);

/** The recurrent cells among some layers, without those whose class overrides `call`. */
export function recurrentCells(parts: Iterable<layers.Layer>): RecurrentCell[] {
  return [...parts].filter(({ call }) => CELL_CALLS.has(call)) as unknown as RecurrentCell[];
}

/**
 * Runs `action` with recurrent cells without dropout masks, and restores the masks that they had. A cell keeps its masks
 * until the layer around it removes them, which `layers.rnn` never does. Without this the masks of the first batch, or
 * their absence after a batch that was not for training, would stay forever.
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
