import { InputError } from '@lrfind/core';
import type { ByteSource } from '@lrfind/data';
import { readModel } from '../../src/model/formats/registry.js';

/** A source of bytes in memory. */
function memorySource(name: string, files: Readonly<Record<string, Uint8Array>>): ByteSource {
  const bytes = files[name];
  if (!bytes) throw new InputError(`no such file: ${name}`);
  return {
    name,
    async *stream() {
      yield { bytes, fraction: 1 };
    },
    size: async () => bytes.length,
    slice: async (start, end) => bytes.slice(start, end),
    sibling: (other) => memorySource(other, files),
  };
}

/** Reads a model.json from its text, and weight files from their bytes. */
export function readModelText(text: string, weights: Readonly<Record<string, Uint8Array>> = {}) {
  const files = { ...weights, 'model.json': new TextEncoder().encode(text) };
  return readModel(memorySource('model.json', files));
}
