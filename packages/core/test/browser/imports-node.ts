// What the bundle of a package must not contain.
import { readFileSync } from 'node:fs';

export const text = readFileSync('package.json', 'utf8');
