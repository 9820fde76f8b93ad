import type { SweepResult } from '@lrfind/core/results';

/** A stored sweep with nothing in it but its conclusions. */
export function storedSweep(range: SweepResult['range'], rate: number | null): SweepResult {
  return {
    format: 'lrfind-sweep',
    version: 2,
    suggestion:
      rate === null ? null : { learningRate: rate, low: rate / 2, high: rate * 2, method: 'descent', verdict: 'sure' },
    reason: rate === null ? 'too noisy' : null,
    suggestions: {},
    steepest: null,
    divergence: null,
    minimum: null,
    range,
    diagnosis: [],
    sweeps: [],
    curve: [],
    setup: {
      model: 'm',
      parameters: 1,
      weights: 'drawn',
      loss: 'mse',
      optimizer: { name: 'sgd' },
      rows: 1,
      validationRows: 0,
      notes: [],
    },
    options: {},
    environment: {
      lrfind: '0',
      tfjs: '0',
      node: null,
      platform: null,
      backend: 'cpu',
      device: 'cpu',
      started: '',
      seconds: 0,
      msPerStep: 0,
    },
  };
}
