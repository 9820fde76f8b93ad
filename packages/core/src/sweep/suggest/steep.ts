import { indexOfLeast, type SuggestionMethod } from './method.js';

/**
 * fastai's `steep`: of all pairs of neighbouring points, the lower rate of the pair between which the loss falls
 * fastest per logarithm of the rate.
 */
export const steep: SuggestionMethod = {
  name: 'steep',
  summary: 'where the loss falls fastest per decade',
  suggest({ rates, losses }) {
    const slopes = losses
      .slice(1)
      .map((loss, i) => (loss - (losses[i] as number)) / Math.log((rates[i + 1] as number) / (rates[i] as number)));
    const at = indexOfLeast(slopes);
    return at >= 0 && (slopes[at] as number) < 0 ? (rates[at] as number) : null;
  },
};
