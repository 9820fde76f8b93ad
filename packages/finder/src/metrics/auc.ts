import {
  cast,
  ceil,
  clipByValue,
  equal,
  expandDims,
  floor,
  matMul,
  mul,
  range,
  reshape,
  sigmoid,
  softmax,
  stack,
  sub,
  type Tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import type { LossKind } from '../losses/loss.js';
import { meanOf } from './confusion.js';
import { actualOf, yesThreshold } from './decisions.js';
import type { MetricKind } from './metric-kind.js';

/** Keras's default. */
const thresholds = 200;

/**
 * Probabilities are counted in bins between thresholds, by the digits of the bin's number: the product of two small tables
 * of digits is the table of counts, which takes far less memory than a comparison with each threshold.
 */
const digit = 16;
const highDigits = Math.ceil(thresholds / digit);
const bins = highDigits * digit;

/**
 * The area under the ROC curve, with 200 thresholds and straight lines between them as in Keras. Of several units it is the
 * mean: over labels of yes or no, and over the classes that some rows are of and some are not, each against the rest.
 */
export const auc: MetricKind = {
  name: 'auc',
  aliases: ['rocauc'],
  summary: 'area under the ROC curve; of several classes or labels, their mean',
  of: 'classes',
  misfit: (loss) =>
    loss?.name === 'categoricalHinge'
      ? 'auc needs predictions that are probabilities or logits; got the loss categoricalHinge, whose predictions are neither'
      : undefined,
  measure: {
    count: (units) => 2 * units * bins,
    measure({ target, prediction, counted }, loss) {
      const actual = actualOf(target, prediction, loss);
      const bin = clipByValue(sub(ceil(mul(probabilities(prediction, loss), thresholds - 1)), 1), 0, thresholds - 2);
      const high = floor(mul(bin, 1 / digit));
      const low = sub(bin, mul(high, digit));
      const lowTable = digits(low, digit);
      const highTable = digits(high, highDigits);
      const all = counted ? mul(highTable, expandDims(counted, 0)) : highTable;
      const positive = mul(all, expandDims(transpose(actual), -1));
      const countsOf = (table: Tensor) => reshape(matMul(table, lowTable, true), [-1]);
      const positives = countsOf(positive);
      return reshape(stack([positives, sub(countsOf(all), positives)]), [-1]);
    },
    value(sums, units, loss) {
      const areas = Array.from({ length: units }, (_, unit) => {
        const of = (kind: number) => sums.subarray((kind * units + unit) * bins, (kind * units + unit + 1) * bins);
        return areaOf(of(0), of(1));
      });
      const labels = yesThreshold(loss, units) !== undefined;
      return meanOf(areas.filter((area) => labels || area !== undefined).map((area) => area ?? 0));
    },
  },
};

/** For each unit, which digit each row has: [units, rows, base]. */
function digits(numbers: Tensor, base: number): Tensor {
  return cast(equal(expandDims(transpose(numbers), -1), reshape(range(0, base), [1, 1, base])), 'float32');
}

/** The area under the curve that a unit's counts by bin make; `undefined` where only one of the two occurs. */
function areaOf(positives: Float64Array, negatives: Float64Array): number | undefined {
  const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
  const [yes, no] = [total(positives), total(negatives)];
  if (yes === 0 || no === 0) return undefined;
  let area = 0;
  let above = 0;
  for (let bin = bins - 1; bin >= 0; bin--) {
    const more = positives[bin] as number;
    area += (negatives[bin] as number) * (above + more / 2);
    above += more;
  }
  return area / (yes * no);
}

function probabilities(prediction: Tensor, loss: LossKind | null): Tensor {
  if (loss?.name === 'softmaxCrossEntropy') return softmax(prediction);
  // The order alone counts, so margins become numbers from 0 to 1 as logits do.
  return loss?.yesAbove === 0 ? sigmoid(prediction) : prediction;
}
