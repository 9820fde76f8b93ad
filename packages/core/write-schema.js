// Writes the published JSON Schema of every document: `<name>.schema.json`. Run it after a build.
import { writeFileSync } from 'node:fs';
import { documentSchemas } from './dist/results/index.js';

for (const [name, schema] of Object.entries(documentSchemas)) {
  writeFileSync(new URL(`${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
