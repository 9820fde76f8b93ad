// Writes the published JSON Schema of every kind of result: `<name>.schema.json`. Run it after a build.
import { writeFileSync } from 'node:fs';
import { resultKinds } from './dist/results/index.js';

for (const { name, schema } of Object.values(resultKinds)) {
  writeFileSync(new URL(`${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
