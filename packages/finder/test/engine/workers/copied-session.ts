import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { CopiedSession } from '../../../src/engine/workers/session-copy.js';
import { lossNamed } from '../../../src/losses/registry.js';

/** What a session of a model is copied from, with two rows unless there are others. */
export function copiedSession(model: LayersModel, dataset: Dataset = twoRows()): CopiedSession {
  const rows = { dataset, train: Int32Array.of(0, 1), heldOut: new Int32Array(), test: new Int32Array() };
  const losses = { kinds: [lossNamed('meanSquaredError')], weights: [1] } as never;
  return { model, weights: [], rows, holdsOutAtRandom: false, losses, options: {} as never };
}

function twoRows(): Dataset {
  return {
    rows: 2,
    inputs: [{ shape: [1], values: Float32Array.of(1, 2) }],
    targets: [{ shape: [1], values: Float32Array.of(5, 6) }],
    notes: [],
  };
}
