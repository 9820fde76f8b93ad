/** Names of metrics, of lrfind, TensorFlow.js and Keras, that words do not follow from. */
const NAMES: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  auc: 'AUC',
  prauc: 'AUC of precision and recall',
  f1: 'F1 score',
  f1score: 'F1 score',
  r2: 'R²',
  r2score: 'R²',
  mae: 'mean absolute error',
  mse: 'mean squared error',
  mape: 'mean absolute percentage error',
  rmse: 'root mean squared error',
  topkaccuracy: 'top-k accuracy',
};

/**
 * A metric in words: `R²`, `mean absolute error`, `top-3 accuracy`; after the name of an output: `R² of price`. A name that a
 * program gave otherwise stays as it is.
 */
export function metricText(name: string): string {
  const known = inWords(name);
  if (known !== undefined) return known;
  const at = name.lastIndexOf('_');
  const ofOutput = at > 0 ? inWords(name.slice(at + 1)) : undefined;
  return ofOutput === undefined ? name : `${ofOutput} of ${name.slice(0, at)}`;
}

function inWords(name: string): string | undefined {
  const top = /^top(\d+)accuracy$/i.exec(name);
  if (top) return `top-${top[1]} accuracy`;
  const plain = name.replaceAll('_', '').toLowerCase();
  if (Object.hasOwn(NAMES, plain)) return NAMES[plain];
  if (name === 'accuracy') return name;
  if (!/^[a-z]+(?:[A-Z][a-z]+)+$/.test(name)) return undefined;
  return name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
