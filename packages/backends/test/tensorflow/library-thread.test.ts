import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadLibrary } from '../../src/tensorflow/c-library.js';
import { LIBRARY_FILES } from '../../src/tensorflow/library-files.js';
import { loadInThread } from '../../src/tensorflow/library-thread.js';
import { describeTensorFlow, FOLDER } from '../support/tensorflow.js';

/** RTLD_NOW, RTLD_GLOBAL and RTLD_NODELETE of dlopen. */
const FLAGS = process.platform === 'darwin' ? 0x2 | 0x8 | 0x80 : 0x2 | 0x100 | 0x1000;

const pathsIn = (folder: string) => LIBRARY_FILES.map((file) => join(folder, file));

test('a thread that finds no library ends without an error, and has computed nothing', async () => {
  const { loaded, computed } = loadInThread(pathsIn('/no/such/folder'), FLAGS);
  await loaded;
  expect(await computed).toBe(false);
});

describeTensorFlow('a thread that loads the library', () => {
  test('computes a product and a function, each without an error', async () => {
    // Before it, because this one turns the library's log off.
    loadLibrary(FOLDER as string);
    const { loaded, computed } = loadInThread(pathsIn(FOLDER as string), FLAGS);
    await loaded;
    expect(await computed).toBe(true);
  });
});
