// Writes docs/layers.md: which layers can be trained on which backend. It uses the built package.
import { writeFileSync } from 'node:fs';
import * as backends from './dist/index.js';
import { layersPage } from './test/layers-table.js';

writeFileSync(new URL('../../docs/layers.md', import.meta.url), await layersPage(backends));
