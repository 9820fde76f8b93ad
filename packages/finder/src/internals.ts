// What benches and tests of the built modules need and the package does not export. Not published.
export { criticalUpdate } from './engine/critical-update.js';
export { uploadDataset } from './engine/device-dataset.js';
export { applyWithMasks } from './engine/masks.js';
export { search } from './engine/search.js';
export { openSession } from './engine/session.js';
export { sweeper, trainingBatches } from './engine/sweeper.js';
export { runTraining } from './engine/training-loop.js';
export { trainingStep } from './engine/training-step.js';
export { startWorker } from './engine/workers/start-worker.js';
export { lossFunction, lossNamed } from './losses/registry.js';
export { buildSequentials } from './model/build-sequentials.js';
export { layersWithin } from './model/layers-within.js';
export { resolveModelOptimizer, stateOfModelOptimizer } from './optimizers/model-optimizer.js';
export { resolveOptimizer } from './optimizers/registry.js';
export { executorBySeed } from './study/held-out-by-seed.js';
