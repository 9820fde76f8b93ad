// Every entry point of the package, for one bundle.
export * as core from '../../src/index.js';
export * as loop from '../../src/loop/index.js';
export * as options from '../../src/options.js';
export * as results from '../../src/results/index.js';
export * as schedules from '../../src/schedules/index.js';
export * as study from '../../src/study/index.js';
export * as sweep from '../../src/sweep/index.js';
