// Writes the JSON Schema of `lrfind.json`: `lrfind.schema.json`, which editors read. Run it after a build.
import { writeFileSync } from 'node:fs';
import { commands, configSchema } from './dist/internals.js';

const schema = await configSchema(commands);
writeFileSync(new URL('lrfind.schema.json', import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
