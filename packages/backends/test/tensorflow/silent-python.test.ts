import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { BackendError } from '../../src/backend-error.js';
import { tensorflowFolders } from '../../src/tensorflow/python.js';

vi.mock('node:child_process');

test('a Python that does not answer ends the choice, so that it never falls to WebAssembly for want of time', () => {
  vi.mocked(spawnSync).mockReturnValue({ error: Object.assign(new Error(), { code: 'ETIMEDOUT' }) } as never);
  expect(() => tensorflowFolders('/usr/bin/slow')).toThrow(
    new BackendError(
      '/usr/bin/slow did not say within 60 seconds whether it has TensorFlow; choose tensorflow or wasm, or set LRFIND_TENSORFLOW',
      'auto',
    ),
  );
});

test('a Python that fails has no TensorFlow, and the reason is kept', () => {
  vi.mocked(spawnSync).mockReturnValue({ status: 1, stdout: '', stderr: 'broken\n' } as never);
  expect(tensorflowFolders('/usr/bin/broken')).toBe('/usr/bin/broken does not run: broken');
});
