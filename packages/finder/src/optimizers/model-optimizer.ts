import { InputError } from '@lrfind/core';
import { type Schedule, scheduleToBeFound } from '@lrfind/core/schedules';
import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { optimizerFromTfjs } from './from-tfjs.js';
import { type OptimizerState, optimizerState } from './optimizer-state.js';
import { type OptimizerSpec, optimizers, type ResolvedOptimizer, resolveOptimizer } from './registry.js';

/** The optimizer of a model when neither the caller nor the model names one. */
export const defaultOptimizer = 'adam';

/** An optimizer as a caller gives it: a name, a name with parameters, a TensorFlow.js optimizer, or what `resolveOptimizer` returns. */
export type OptimizerOption = OptimizerSpec | ResolvedOptimizer | Optimizer;

/** An optimizer, and where it comes from. */
export interface ModelOptimizer extends ResolvedOptimizer {
  /** One sentence where the caller did not choose it; else empty. */
  readonly notes: readonly string[];
}

/**
 * The optimizer to train a model with: the caller's, else the compiled model's own, else adam.
 *
 * @throws InputError for an optimizer that is unknown or has no exact counterpart
 */
export function resolveModelOptimizer(given: OptimizerOption | undefined, model: LayersModel): ModelOptimizer {
  if (given !== undefined) {
    if (isResolved(given)) return { ...given, notes: [] };
    const spec = isTfjsOptimizer(given) ? optimizerFromTfjs(given).spec : given;
    return { ...resolveOptimizer(spec), notes: [] };
  }
  const own = model.optimizer as Optimizer | undefined;
  if (own) return { ...resolveOptimizer(optimizerFromTfjs(own).spec), notes: ["optimizer: the compiled model's own"] };
  return { ...resolveOptimizer(defaultOptimizer), notes: [`optimizer: ${defaultOptimizer}, since none was named`] };
}

/** The state that a model's optimizer has come to: of the object that the caller gives, else of the compiled model's own; null where that has none. */
export async function stateOfModelOptimizer(
  given: OptimizerOption | undefined,
  model: LayersModel,
): Promise<OptimizerState | null> {
  const own = given === undefined ? (model.optimizer as Optimizer | undefined) : given;
  if (typeof own !== 'object' || own === null) return null;
  if (isResolved(own)) return own.state ?? null;
  if (!isTfjsOptimizer(own)) return null;
  return optimizerState(own);
}

/** A note where the optimizer goes on from a state. */
export function keptStateNotes(state: OptimizerState | null): string[] {
  return state ? [`optimizer: every training goes on from its state after ${state.steps} steps`] : [];
}

/**
 * The rate to train with where it was to be found: 1 for an optimizer that finds its own, of which the rate is only a multiplier.
 *
 * @param choice a rate, a schedule, or `'find'` to search for a rate
 * @returns the choice, and the optimizer with a note where there is no search
 */
export function chosenRate<Choice>(
  choice: Choice,
  optimizer: ModelOptimizer,
): { readonly learningRate: Choice | 1; readonly optimizer: ModelOptimizer } {
  const { name, rateFree } = optimizer.kind;
  if (rateFree && scheduleToBeFound(choice)) requireRate(optimizer);
  if (choice !== 'find' || !rateFree) return { learningRate: choice, optimizer };
  const note = `${name} finds its own rate: no search, and the learning rate, its multiplier, is 1`;
  return { learningRate: 1, optimizer: { ...optimizer, notes: [...optimizer.notes, note] } };
}

/**
 * Refuses to search for the rate of an optimizer that finds its own.
 *
 * @param label what messages call the optimizer
 * @throws InputError that says what to do instead
 */
export function requireRate({ kind }: ResolvedOptimizer, label = 'optimizer'): void {
  if (!kind.rateFree) return;
  const searched = optimizers.flatMap(({ name, rateFree }) => (rateFree ? [] : [name])).join(', ');
  throw new InputError(
    `${label} must be one that needs a learning rate (${searched}); got ${kind.name}, which finds its own: train with it at rate 1, or compare it with a tuned one, as lrfind compare --optimizer adam,${kind.name} --lr find does`,
  );
}

/** A note where a schedule sets a momentum that the optimizer does not have. */
export function scheduledMomentumNotes({ momentum }: Schedule, { rule, kind }: ResolvedOptimizer): string[] {
  if (!momentum || rule.momentum !== undefined) return [];
  return [`${kind.name} has no momentum, so the schedule sets the learning rate only`];
}

/**
 * A note where a training ends before its first update, so that it changes no weight.
 *
 * @param length batches of the training
 */
export function accumulationNotes({ rule }: ResolvedOptimizer, length: number): string[] {
  const { batchesPerUpdate = 1 } = rule;
  if (batchesPerUpdate <= length) return [];
  return [
    `no weight changed: gradientAccumulationSteps makes an update from ${batchesPerUpdate} batches, and the training has ${length}`,
  ];
}

/** Whether an optimizer is what `resolveOptimizer` returns. */
export function isResolved(given: OptimizerOption | undefined): given is ResolvedOptimizer {
  return typeof given === 'object' && given !== null && 'rule' in given && 'kind' in given;
}

function isTfjsOptimizer(given: OptimizerSpec | Optimizer): given is Optimizer {
  return typeof (given as Optimizer | null)?.applyGradients === 'function';
}
