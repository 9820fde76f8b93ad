import { describe } from 'vitest';
import { locateTensorFlow } from '../../src/tensorflow/locate.js';

const located = locateTensorFlow();

/** The folder of TensorFlow's library; undefined where there is none. */
export const FOLDER = located.found ? located.folder : undefined;

if (!located.found && process.env.LRFIND_REQUIRE_TENSORFLOW === '1') {
  throw new Error(`LRFIND_REQUIRE_TENSORFLOW is 1, but no TensorFlow was found: ${located.reasons.join('; ')}`);
}

/** `describe` for tests that need TensorFlow's library; they are skipped where there is none. */
export const describeTensorFlow = describe.skipIf(!FOLDER);
