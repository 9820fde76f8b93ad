/** Metrics of lrfind, TensorFlow.js and Keras of which a higher value is better. */
const rising = [
  'acc',
  'accuracy',
  'binaryAccuracy',
  'categoricalAccuracy',
  'sparseCategoricalAccuracy',
  'topKAccuracy',
  'auc',
  'AUC',
  'precision',
  'recall',
  'f1Score',
  'f1_score',
  'r2Score',
  'r2_score',
];

/**
 * Whether a higher value of a metric is better, by its name.
 *
 * @param name of a metric, also after the name of its output or after `val_`: `accuracy`, `price_r2Score`, `val_top3Accuracy`
 * @returns false for losses, errors and names that it does not know
 *
 * @example
 * isRisingMetric('kind_auc'); // true
 */
export function isRisingMetric(name: string): boolean {
  const anyK = name.replace(/(^|_)top\d+Accuracy$/, '$1topKAccuracy');
  return rising.some((known) => anyK === known || anyK.endsWith(`_${known}`));
}
