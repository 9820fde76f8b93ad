import { spacings } from './rates.js';

/**
 * Limits and defaults of the options that every search has, whatever it trains: also a loop of the caller's own, whose bundle has no room for
 * typebox and for descriptions. The schemas of options are made of them.
 */
export const declared = {
  startLr: { type: 'number', exclusiveMinimum: 0, default: 1e-7 },
  endLr: { type: 'number', exclusiveMinimum: 0, default: 100 },
  steps: { type: 'integer', minimum: 2, maximum: 10_000, default: 150 },
  range: { type: 'string', enum: ['fixed', 'auto'], default: 'fixed' },
  spacing: { type: 'string', enum: Object.keys(spacings), default: 'geometric' },
  repeats: { type: 'integer', minimum: 1, maximum: 1000, default: 5 },
  seed: { type: 'integer', minimum: 0, default: 0 },
  trainingSteps: { type: 'integer', minimum: 1, maximum: 10_000_000 },
} as const;
