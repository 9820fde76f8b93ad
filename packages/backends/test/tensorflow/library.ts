import { describe } from 'vitest';

/** The folder of TensorFlow's library; the tests that need it are skipped where it is not known. */
export const FOLDER = process.env.LRFIND_TENSORFLOW;

if (!FOLDER && process.env.LRFIND_REQUIRE_TENSORFLOW === '1') {
  throw new Error('LRFIND_REQUIRE_TENSORFLOW is 1, but LRFIND_TENSORFLOW names no folder');
}

/** Tests that need TensorFlow's library. */
export const describeTensorFlow = describe.skipIf(!FOLDER);
