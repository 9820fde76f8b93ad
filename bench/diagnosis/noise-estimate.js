// The gradient noise scale of McCandlish et al. (2018) from gradients of equal batches.

/**
 * The noise scale in rows: trace of the covariance of the gradient of one row over the squared length of the mean gradient, both
 * unbiased, from gradients of equal batches; and the jackknife error of each.
 *
 * @param {number[][]} gradients @param {number} batch
 */
export function noiseScale(gradients, batch) {
  const all = estimate(gradients, batch);
  const left = gradients.map((_, i) => estimate(gradients.toSpliced(i, 1), batch));
  const n = gradients.length;
  const error = (/** @type {(each: typeof all) => number} */ of) => {
    const mean = left.reduce((sum, each) => sum + of(each), 0) / n;
    return Math.sqrt(((n - 1) / n) * left.reduce((sum, each) => sum + (of(each) - mean) ** 2, 0));
  };
  return { ...all, scaleError: error(({ scale }) => scale), squareError: error(({ square }) => square) };
}

/** @param {number[][]} gradients @param {number} batch */
function estimate(gradients, batch) {
  const n = gradients.length;
  const size = gradients[0]?.length ?? 0;
  let [ofMean, ofEach] = [0, 0];
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (const gradient of gradients) {
      const value = /** @type {number} */ (gradient[k]);
      sum += value;
      ofEach += value ** 2 / n;
    }
    ofMean += (sum / n) ** 2;
  }
  const square = (n * ofMean - ofEach) / (n - 1);
  const trace = (batch * n * (ofEach - ofMean)) / (n - 1);
  return { square, trace, scale: trace / square };
}
