import type { CompareOptions } from '../../src/compare.js';

/** Options over their defaults, of which epochs go where steps are given. */
export function lasting<Few extends { epochs: number }>(few: Few, options: Partial<CompareOptions>) {
  const { epochs, ...others } = few;
  return { ...others, ...(options.steps === undefined && { epochs }), ...options };
}
