import type { Evaluation, Measures, RestoredWeights } from '@lrfind/core/results';
import { allFinite, checksum, weightVariables } from '../model/weights.js';
import type { TrainingHooks } from './callback-hooks.js';
import type { Session } from './session.js';
import type { TrainedPart } from './training-loop.js';
import type { TrainingStep } from './training-step.js';

/** The weights with which a training ends. */
export interface FinalWeights {
  /** Whether all are finite, and not those of a training that has diverged, unless a callback restored them. */
  readonly usable: boolean;
  /** What they are, where a callback restored earlier ones; else null. */
  readonly restored: RestoredWeights | null;
}

/** All evaluations of a training. */
interface EvaluationsOf {
  readonly evaluations: readonly Evaluation[];
}

/**
 * Ends a training: puts the moving average of the weights in their place, if the optimizer keeps one, tells the callbacks, which
 * may restore earlier weights, and measures those.
 *
 * @param trained all epochs of the training
 */
export async function endTraining(
  session: Session,
  step: TrainingStep,
  hooks: TrainingHooks | undefined,
  { evaluations, outcome, putBack = false }: Pick<TrainedPart, 'outcome' | 'putBack'> & EvaluationsOf,
): Promise<FinalWeights> {
  const { model, data } = session;
  step.finish();
  const weights = async () => (hooks ? checksum(weightVariables(model)) : 0);
  const atEnd = await weights();
  await hooks?.trainEnd();
  const isRestored = (await allFinite(model)) && (putBack || (await weights()) !== atEnd);
  // After a loss of infinity the weights may still be finite.
  const usable = isRestored || (outcome !== 'diverged' && (await allFinite(model)));
  const measured = isRestored && data.heldOut.length > 0 ? await session.evaluate(step, data.heldOut) : null;
  return { usable, restored: isRestored ? restoredWeights(evaluations, measured, hooks?.restoredEpoch) : null };
}

/**
 * What restored weights are: those of the epoch that a callback names, else of the last evaluation with the same loss on
 * the validation rows, bit for bit.
 */
function restoredWeights(
  evaluations: readonly Evaluation[],
  validation: Measures | null,
  epoch: number | undefined,
): RestoredWeights {
  const equal = evaluations.findLast((each) => validation && each.validation?.loss === validation.loss);
  const named = epoch === undefined ? undefined : evaluations[epoch];
  const found = named ?? equal;
  return { step: found?.step ?? null, epoch: found?.epoch ?? null, validation };
}
