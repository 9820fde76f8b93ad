import {
  abs,
  argMax,
  cast,
  equal,
  greater,
  greaterEqual,
  mul,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { actualOf, yesThreshold } from './decisions.js';
import type { MetricKind } from './metric-kind.js';

/**
 * The share of rows whose most likely class is the right one; where each unit is a yes or no of its own, the share of right
 * ones. As with Keras's `metrics=['accuracy']`, the loss decides between the two, and the shapes where it does not.
 */
const byLoss: MetricKind = {
  name: 'accuracy',
  aliases: ['acc'],
  summary: 'share of right classes: of the most likely ones, or of yes and no',
  of: 'classes',
  measure(target, prediction, loss) {
    const units = prediction.shape.at(-1) as number;
    const threshold = yesThreshold(loss, units);
    if (threshold !== undefined) {
      const yes = (values: Tensor) => cast(greater(values, threshold), 'float32');
      return cast(equal(yes(reshape(target, prediction.shape)), yes(prediction)), 'float32');
    }
    const classes = reshape(argMax(prediction, -1), [-1]);
    const labels =
      target.size === prediction.size ? argMax(reshape(target, prediction.shape), -1) : cast(target, 'int32');
    return cast(equal(classes, reshape(labels, [-1])), 'float32');
  },
};

/** Keras's names for one of the two. */
const ofYesAndNo: MetricKind = {
  ...byLoss,
  misfit: (loss, units) =>
    yesThreshold(loss, units) === undefined || loss?.target === 'sign'
      ? `binaryAccuracy needs an output where a unit is the probability of yes; got ${loss ? loss.name : 'a unit for each class'}`
      : undefined,
};
const ofClasses: MetricKind = {
  ...byLoss,
  misfit: (loss, units) =>
    yesThreshold(loss, units) === undefined
      ? undefined
      : `categoricalAccuracy needs an output with a unit for each class; got ${loss ? loss.name : 'one unit'}, where a unit is a yes or no`,
};
export const accuracy: MetricKind = {
  ...byLoss,
  variants: {
    binaryaccuracy: ofYesAndNo,
    categoricalaccuracy: ofClasses,
    sparsecategoricalaccuracy: ofClasses,
  },
};

export const meanAbsoluteError: MetricKind = {
  name: 'meanAbsoluteError',
  aliases: ['mae'],
  summary: 'mean distance of predictions from targets',
  of: 'numbers',
  measure: (target, prediction) => abs(sub(prediction, reshape(target, prediction.shape))),
};

export const meanSquaredError: MetricKind = {
  name: 'meanSquaredError',
  aliases: ['mse'],
  summary: 'mean square of that distance',
  of: 'numbers',
  measure: (target, prediction) => square(sub(prediction, reshape(target, prediction.shape))),
};

/** @param k how many of the most likely classes the right one may be among: a whole number from 1 */
function topK(k: number): MetricKind {
  const name = `top${k}Accuracy`;
  return {
    name,
    aliases: [],
    summary: `share of rows whose class is among the ${k} most likely ones`,
    of: 'classes',
    misfit(loss, units) {
      if (yesThreshold(loss, units) !== undefined)
        return `${name} needs an output with a unit for each class; got ${loss ? loss.name : 'one unit'}, where a unit is a yes or no`;
      if (units !== undefined && k > units) return `${name} needs an output of at least ${k} classes; got ${units}`;
      return undefined;
    },
    measure(target, prediction, loss) {
      const units = prediction.shape.at(-1) as number;
      const scores = reshape(prediction, [-1, units]);
      const classes = actualOf(reshape(target, target.size === prediction.size ? [-1, units] : [-1, 1]), scores, loss);
      const score = sum(mul(scores, classes), -1, true);
      // Counted from below, a score that is not a number is above none.
      const below = sum(cast(greaterEqual(score, scores), 'float32'), -1);
      return cast(greater(below, units - k), 'float32');
    },
  };
}

/** The share of rows whose class is among the k most likely ones; as in Keras, equal scores do not push one another out. */
export const topKAccuracy: MetricKind = {
  ...topK(5),
  name: 'topKAccuracy',
  aliases: ['topkcategoricalaccuracy', 'sparsetopkcategoricalaccuracy'],
  summary: 'share of rows whose class is among the k most likely ones; k is 5, or as in top3Accuracy',
  withK: topK,
};
