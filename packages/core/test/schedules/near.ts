import { expect } from 'vitest';

/** Equal but for the last digits, which depend on the order of operations. */
export const near = (value: number, expected: number) => expect(value).toBeCloseTo(expected, 14);
