import { indexOfLeast, type SuggestionMethod } from './method.js';

/** fastai's `minimum`: a tenth of the rate at which the loss is lowest. */
export const minimum: SuggestionMethod = {
  name: 'minimum',
  title: 'minimum/10',
  summary: 'a tenth of the rate at which the loss is lowest',
  suggest({ rates, losses }) {
    const at = indexOfLeast(losses);
    return at > 0 ? (rates[at] as number) / 10 : null;
  },
};
