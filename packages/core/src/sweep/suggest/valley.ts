import type { SuggestionMethod } from './method.js';

/**
 * fastai's `valley`: a point in the second third of the longest valley, which is the longest strictly falling
 * subsequence. As in fastai, positions are counted as if the points of the subsequence were neighbours.
 */
export const valley: SuggestionMethod = {
  name: 'valley',
  summary: 'in the second third of the longest valley',
  suggest({ rates, losses }) {
    const falling = losses.map(() => 1);
    for (const [i, loss] of losses.entries()) {
      for (let before = 0; before < i; before++) {
        if ((losses[before] as number) > loss)
          falling[i] = Math.max(falling[i] as number, (falling[before] as number) + 1);
      }
    }
    const length = Math.max(...falling);
    if (length < 2) return null;
    const end = falling.indexOf(length);
    const third = length / 3;
    const at = end - length + Math.floor(third) + Math.floor(third / 2);
    return rates[Math.max(0, at)] ?? null;
  },
};
