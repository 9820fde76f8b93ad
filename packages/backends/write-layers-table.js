// Writes docs/layers.md: which layers can be trained on which backend. It uses the built package, and needs every
// backend; for WebGPU the software driver.
import { writeFileSync } from 'node:fs';
import './test/support/software-gpu.js';
import * as backends from './dist/node/index.js';
import { COLUMNS, layersPage, layerVerdicts } from './test/layers-table.js';

/** @type {import('./test/layers-table.js').Verdicts} */
const verdicts = {};
for (const backend of COLUMNS) verdicts[backend] = await layerVerdicts(backend, backends);
writeFileSync(new URL('../../docs/layers.md', import.meta.url), layersPage(verdicts));
