import { lastMemoryError, mayLoseDevice, settleBackend } from '@lrfind/backends';
import { checksumOf, InputError } from '@lrfind/core';
import { dispose, type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';
import { statefulLayers } from './stateful-layers.js';
import { guardWeights } from './weight-guard.js';
import { assignTo, checksum, copyWeights, valuesOf, type WeightValues, weightVariables } from './weights.js';

/** A model that is being trained here and by nobody else. */
export interface ModelLease {
  /** The weights as they were, in the order of `model.weights`; alive until the lease ends. */
  readonly weights: readonly Tensor[];
  /** A checksum of them. */
  readonly checksum: number;
  /**
   * Ends the lease and puts every weight and recurrent state back, bit for bit.
   *
   * @throws InputError when weights are lost because the backend's memory was used up, or what the backend's device has reported as
   *   failed; Error when a checksum shows another difference, which would be a bug in lrfind
   */
  restore(): Promise<void>;
  /** Lets others take the model until a function has ended; they must leave it as they found it. */
  suspended<Result>(action: () => Promise<Result>): Promise<Result>;
  /** Ends the lease and keeps the weights as they are now. */
  commit(): void;
}

/** Who trains a model, or one of its weights: two models may share layers. */
const leaseholders = new WeakMap<object, object>();

/** The part of a model that `fit` uses to refuse a second `fit`. */
interface Fittable {
  isTraining: boolean;
}

/**
 * Takes a model for training. It copies all weights, batch normalisation's statistics included; `model.getWeights()` would
 * return the live variables. It also makes stateful layers forget their state after each batch and accept batches of any
 * size, because shuffled batches do not continue one another. Until the lease ends, `model.fit` refuses to run, and whatever
 * else trains the weights fails.
 *
 * @param holder who takes it; one holder may lease several models that share layers
 * @param settable whether the caller may set weights meanwhile, as a callback does
 * @throws InputError when somebody else trains the model or a part of it
 */
export async function leaseModel(model: LayersModel, holder: object = {}, settable = true): Promise<ModelLease> {
  const variables = weightVariables(model);
  const fittables = [...layersWithin(model)].filter((layer) => 'isTraining' in layer) as unknown as Fittable[];
  refuseLeased(model, variables, fittables, holder);
  const weights = copyWeights(model);
  const shapes = statefulLayers(model).map((layer) => ({ layer, shape: layer.inputSpec?.[0]?.shape }));
  const sizes = shapes.map(({ shape }) => shape?.[0]);
  let endGuard = () => {};
  const take = () => {
    for (const each of [...variables, ...fittables]) leaseholders.set(each, holder);
    for (const fittable of fittables) fittable.isTraining = true;
    endGuard = guardWeights(model, settable);
  };
  const letGo = () => {
    endGuard();
    for (const each of [...variables, ...fittables]) leaseholders.delete(each);
    for (const fittable of fittables) fittable.isTraining = false;
  };
  take();
  for (const { layer, shape } of shapes) {
    layer._stateful = false;
    if (shape) shape[0] = null;
  }
  const end = () => {
    letGo();
    dispose(weights);
    for (const [i, { layer, shape }] of shapes.entries()) {
      layer._stateful = true;
      if (shape) shape[0] = sizes[i] ?? null;
    }
  };
  const values = await valuesOf(weights).catch((error) => {
    end();
    throw error;
  });
  const before = checksumOf(values);
  const readValues = mayLoseDevice() ? values.map((each) => each.slice()) : [];
  return {
    weights,
    checksum: before,
    async suspended(action) {
      letGo();
      try {
        return await action();
      } finally {
        take();
      }
    },
    commit: end,
    async restore() {
      const disposed = variables.find(({ isDisposed }) => isDisposed);
      if (disposed) {
        end();
        throw new InputError(
          `model "${model.name}" must not be disposed before the call ends; its weight "${disposed.name}" is`,
        );
      }
      try {
        const failure = await settleBackend();
        // Not to `model.weights`, whose order changes with `trainable`.
        if (failure?.lost) assignValues(variables, readValues);
        else assignTo(variables, weights);
        // Before the lease ends and others may train.
        const restored = (await checksum(variables)) === before;
        if (failure) throw failure.error;
        if (restored) return;
      } finally {
        end();
      }
      const cause = lastMemoryError();
      if (cause)
        throw new InputError(`${cause.message}; the weights of model "${model.name}" are lost, so load it again`);
      throw new Error(`the weights of model "${model.name}" could not be restored: their checksum differs`);
    },
  };
}

/** Assigns values that were read before a device was lost. */
function assignValues(variables: readonly Variable[], values: readonly WeightValues[]): void {
  for (const [i, variable] of variables.entries()) {
    const copy = tensor(values[i] as WeightValues, variable.shape, variable.dtype);
    assignTo([variable], [copy]);
    copy.dispose();
  }
}

function refuseLeased(
  { name }: LayersModel,
  variables: readonly object[],
  fittables: readonly Fittable[],
  holder: object,
): void {
  const leased = (part: object) => leaseholders.has(part) && leaseholders.get(part) !== holder;
  if ([...variables, ...fittables].some(leased)) {
    throw new InputError(
      `model "${name}" must not be in training; lrfind is training it, or a model that shares layers with it: await that call first`,
    );
  }
  if (fittables.some((part) => part.isTraining && !leaseholders.has(part)))
    throw new InputError(`model "${name}" must not be in training; model.fit is running on it: await that call first`);
}
