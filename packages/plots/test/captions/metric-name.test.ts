import { expect, test } from 'vitest';
import { metricText } from '../../src/captions/metric-name.js';

test.each([
  ['accuracy', 'accuracy'],
  ['acc', 'accuracy'],
  ['r2Score', 'R²'],
  ['r2_score', 'R²'],
  ['meanAbsoluteError', 'mean absolute error'],
  ['mae', 'mean absolute error'],
  ['AUC', 'AUC'],
  ['auc', 'AUC'],
  ['f1Score', 'F1 score'],
  ['top3Accuracy', 'top-3 accuracy'],
  ['topKAccuracy', 'top-k accuracy'],
  ['sparseCategoricalAccuracy', 'sparse categorical accuracy'],
  ['price_r2Score', 'R² of price'],
  ['my own metric', 'my own metric'],
  ['custom_thing', 'custom_thing'],
  ['precision', 'precision'],
])('the metric %s is called %s', (name, text) => {
  expect(metricText(name)).toBe(text);
});
