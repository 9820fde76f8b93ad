import { Binding } from '../../src/tensorflow/binding.js';
import { openTensorFlow } from '../../src/tensorflow/open.js';
import { FOLDER } from '../support/tensorflow.js';

/** The library, opened once for a file of tests, with a binding of its own. */
export function openBinding(): Binding {
  return new Binding(openTensorFlow(FOLDER as string).all);
}

export const text = (string: string) => new TextEncoder().encode(string);

export const string = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array);
