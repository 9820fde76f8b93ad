// Writes the published JSON schemas of results from their declarations; `pnpm schema` builds and runs it.
import { writeFileSync } from 'node:fs';
import { Comparison } from '../finder/dist/comparison-result.js';
import { Run } from '../finder/dist/result.js';
import { TrainingRun } from '../finder/dist/training-result.js';

for (const [name, schema] of Object.entries({ run: Run, training: TrainingRun, comparison: Comparison })) {
  writeFileSync(new URL(`${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
