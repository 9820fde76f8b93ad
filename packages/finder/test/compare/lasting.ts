import type { CompareOptions } from '../../src/options.js';

/** Options over their defaults, without epochs where steps are given. */
export function lasting<Few extends { epochs: number }>(few: Few, options: Partial<CompareOptions>) {
  const { epochs, ...others } = few;
  return { ...others, ...(options.steps === undefined && { epochs }), ...options };
}
