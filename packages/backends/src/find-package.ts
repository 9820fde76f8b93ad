import { createRequire } from 'node:module';
import type { FoundBackend } from './backend.js';

/** A backend that comes with npm: it is always usable. */
export function findPackage(name: string, device: string): FoundBackend {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return { usable: true, version, device, folder: null, source: null, notes: [] };
}
