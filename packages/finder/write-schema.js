// Writes the published JSON schema of a run from its declaration in src/result.ts; `pnpm schema` builds and runs it.
import { writeFileSync } from 'node:fs';
import { Run } from './dist/result.js';

writeFileSync(new URL('run.schema.json', import.meta.url), `${JSON.stringify(Run, null, 2)}\n`);
