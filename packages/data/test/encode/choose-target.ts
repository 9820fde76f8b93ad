import { type ChooseTarget, type OutputShape, rowSize, type TargetKind, type TargetSummary } from '../../src/index.js';

/** What each loss of these tests compares a prediction with. */
const kinds: Readonly<Record<string, TargetKind>> = {
  meanSquaredError: 'number',
  meanAbsoluteError: 'number',
  poisson: 'non-negative',
  hinge: 'sign',
  squaredHinge: 'sign',
  categoricalCrossentropy: 'distribution',
  sparseCategoricalCrossentropy: 'label',
  binaryCrossentropy: 'probability',
  softmaxCrossEntropy: 'label-or-distribution',
  sigmoidCrossEntropy: 'probability',
};

/**
 * Chooses the named loss, or the usual one for the activation and the target.
 *
 * @param loss a name, or one for each output
 */
export function chooseTarget(loss?: string | readonly string[]): ChooseTarget {
  return (output, target, index) => {
    const named = typeof loss === 'string' ? loss : loss?.[index];
    const chosen = named ?? usualLoss(output, target);
    const why = named === undefined ? { why: `loss ${chosen}: usual for output "${output.name}"` } : {};
    return { loss: chosen, kind: kinds[chosen] as TargetKind, ...why };
  };
}

function usualLoss({ activation, shape }: OutputShape, { count, text }: TargetSummary): string {
  if (activation === 'softmax') return count === 1 ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy';
  if (activation === 'sigmoid') return 'binaryCrossentropy';
  if (count !== rowSize(shape)) return 'softmaxCrossEntropy';
  return text ? 'sigmoidCrossEntropy' : 'meanSquaredError';
}
