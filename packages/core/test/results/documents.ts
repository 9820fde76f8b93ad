const environment = {
  lrfind: '0',
  tfjs: '0',
  node: null,
  platform: null,
  backend: 'cpu',
  device: 'cpu',
  started: '',
  seconds: 0,
  msPerStep: 0,
};
const setup = { weights: 'drawn', loss: 'mse', rows: 1, validationRows: 0, notes: [] };
const recipe = { learningRate: '0.1', suggestion: null, optimizer: { name: 'sgd' }, batchSize: 1, rates: [] };
const training = { seed: 0, start: null, evaluations: [], outcome: 'finished', divergedAt: null };

/** The smallest document of each kind. */
export const smallest = {
  sweep: {
    format: 'lrfind-sweep',
    version: 2,
    suggestion: null,
    reason: 'flat',
    suggestions: {},
    steepest: null,
    divergence: null,
    minimum: null,
    range: null,
    diagnosis: [],
    sweeps: [],
    curve: [],
    setup: { ...setup, model: 'm', parameters: 1, optimizer: { name: 'sgd' } },
    options: {},
    environment,
  },
  training: {
    format: 'lrfind-training',
    version: 2,
    recipe,
    training,
    losses: [],
    test: null,
    setup: { ...setup, model: 'm', parameters: 1, metrics: [] },
    options: {},
    environment,
  },
  comparison: {
    format: 'lrfind-comparison',
    version: 2,
    ranking: [],
    conclusions: [],
    trials: [{ name: 'a', model: 'm', parameters: 1, recipe, trainings: [training], notes: [] }],
    setup: { ...setup, metrics: [] },
    options: {},
    environment,
  },
};
