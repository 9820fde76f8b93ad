import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendError } from '../../src/backend-error.js';
import { cacheFolder } from '../../src/tensorflow/installation.js';
import { LIBRARY_FILES } from '../../src/tensorflow/library-files.js';
import { locateTensorFlow } from '../../src/tensorflow/locate.js';
import { fakeMachine, python } from '../support/fake-machine.js';

let machine: ReturnType<typeof fakeMachine>;
beforeEach(() => {
  machine = fakeMachine();
  vi.stubEnv('LRFIND_TENSORFLOW', undefined);
  vi.stubEnv('LRFIND_CACHE', machine.path('cache'));
  vi.stubEnv('PATH', [machine.path('bin'), '/usr/bin', '/bin'].join(delimiter));
});
afterEach(() => {
  vi.unstubAllEnvs();
  machine.remove();
});

const [framework, cc] = LIBRARY_FILES;
/** A Python that answers with these folders. */
const answering = (...folders: string[]) => `echo '${JSON.stringify({ folders })}'`;
const noPython = () => vi.stubEnv('PATH', machine.path('nothing'));

/** Writes what an installation writes. */
function putInstallation() {
  const folder = machine.putTensorFlow('cache/tensorflow');
  const files = LIBRARY_FILES.map((file) => ({ path: `tensorflow/${file}`, bytes: 'library'.length, sha256: '' }));
  const manifest = { version: '2.21.0', cuda: false, installed: '2026-01-01T00:00:00Z', wheels: [], files };
  machine.put('cache/tensorflow/installation.json', JSON.stringify(manifest));
  return folder;
}

describe('LRFIND_TENSORFLOW', () => {
  beforeEach(noPython);

  test('may name the package, the site-packages folder around it, or any folder with the two libraries', () => {
    const folder = machine.putTensorFlow('site', { distribution: 'tensorflow_cpu' });
    const located = { found: true, source: 'environment', folder, version: '2.21.0', cuda: false, missingCuda: [] };
    for (const named of [folder, machine.path('site')]) {
      vi.stubEnv('LRFIND_TENSORFLOW', named);
      expect(locateTensorFlow()).toEqual(located);
    }
    for (const file of LIBRARY_FILES) machine.put(`bare/lib/${file}`, '');
    vi.stubEnv('LRFIND_TENSORFLOW', machine.path('bare/lib'));
    expect(locateTensorFlow()).toEqual({
      ...located,
      folder: machine.path('bare/lib'),
      version: undefined,
      cuda: undefined,
    });
  });

  test('set to a folder without TensorFlow is an error, even where another TensorFlow is found', () => {
    putInstallation();
    machine.put(`half/${cc}`, '');
    const allowed = `a folder with ${framework} and ${cc}, or one whose folder tensorflow has them`;
    for (const [name, reason] of [
      ['nowhere', ': there is no such folder'],
      ['half', ''],
    ] as const) {
      vi.stubEnv('LRFIND_TENSORFLOW', machine.path(name));
      expect(locateTensorFlow).toThrow(BackendError);
      const message = `LRFIND_TENSORFLOW must be ${allowed}; got "${machine.path(name)}"${reason}`;
      expect(locateTensorFlow).toThrow(expect.objectContaining({ message }));
    }
  });

  test('set to one that is too old is an error', () => {
    const folder = machine.putTensorFlow('site', { version: '2.9.3' });
    vi.stubEnv('LRFIND_TENSORFLOW', folder);
    expect(locateTensorFlow).toThrow(
      `; got "${folder}": TensorFlow 2.9.3 in ${folder} is too old: it must be 2.15 or newer`,
    );
  });

  test('set to an empty text counts as not set', () => {
    vi.stubEnv('LRFIND_TENSORFLOW', '');
    expect(locateTensorFlow().found).toBe(false);
  });
});

describe("lrfind's own installation", () => {
  beforeEach(noPython);

  test('is found', () => {
    const folder = putInstallation();
    expect(locateTensorFlow()).toMatchObject({ found: true, source: 'installed', folder, version: '2.21.0' });
  });

  test('comes after LRFIND_TENSORFLOW', () => {
    putInstallation();
    vi.stubEnv('LRFIND_TENSORFLOW', machine.putTensorFlow('site'));
    expect(locateTensorFlow()).toMatchObject({ source: 'environment' });
  });

  test.each([
    [
      'a library is missing',
      (folder: string) => rmSync(join(folder, cc)),
      /libtensorflow_cc.* is missing or has another size/,
    ],
    [
      'a library is cut short',
      (folder: string) => writeFileSync(join(folder, framework), ''),
      /is missing or has another size/,
    ],
    ['it is not complete', (folder: string) => rmSync(join(folder, '../installation.json')), /^not installed in/],
    [
      'its manifest is mangled',
      (folder: string) => writeFileSync(join(folder, '../installation.json'), '{"ver'),
      /cannot be read/,
    ],
  ])('is skipped when %s, with the reason', (_, harm, reason) => {
    harm(putInstallation());
    const located = locateTensorFlow();
    expect(located.found ? [] : located.reasons).toContainEqual(expect.stringMatching(reason));
  });
});

describe('the Python on PATH', () => {
  test('says where its TensorFlow is', () => {
    const folder = machine.putTensorFlow('site');
    machine.program('python3', answering(folder));
    expect(locateTensorFlow()).toMatchObject({ found: true, source: 'python', folder, version: '2.21.0' });
  });

  test("comes after lrfind's own installation", () => {
    machine.program('python3', answering(machine.putTensorFlow('site')));
    putInstallation();
    expect(locateTensorFlow()).toMatchObject({ source: 'installed' });
  });

  test('is queried once per process', () => {
    const log = machine.path('log');
    machine.program('python3', `echo asked >>${log}; ${answering()}`);
    locateTensorFlow();
    locateTensorFlow();
    expect(readFileSync(log, 'utf8')).toBe('asked\n');
  });

  test('python is queried where python3 has none, and output of start-up files is ignored', () => {
    machine.program('python3', answering());
    machine.program('python', `echo hello; ${answering(machine.putTensorFlow('site'))}`);
    expect(locateTensorFlow()).toMatchObject({ source: 'python' });
  });

  test('every reason is given when none has a usable TensorFlow', () => {
    const old = machine.putTensorFlow('old', { version: '1.15.5', libraries: [] });
    const other = machine.putTensorFlow('other', { libraries: [framework] });
    const python3 = machine.program('python3', 'echo boom >&2; exit 3');
    machine.program('python', answering(old, other));
    expect(locateTensorFlow()).toEqual({
      found: false,
      reasons: [
        'LRFIND_TENSORFLOW is not set',
        `not installed in ${machine.path('cache/tensorflow')}`,
        `${python3} does not run: boom`,
        `TensorFlow 1.15.5 in ${old} is too old: it must be 2.15 or newer`,
        `TensorFlow 2.21.0 in ${other} has no ${cc}`,
      ],
    });
  });

  test('a program that is not a Python, or a missing Python, is reported', () => {
    const python3 = machine.program('python3', 'echo 3.12');
    machine.program('python', answering());
    expect(locateTensorFlow()).toMatchObject({
      reasons: expect.arrayContaining([`${python3} does not answer as a Python does`]),
    });
    noPython();
    expect(locateTensorFlow()).toMatchObject({ reasons: expect.arrayContaining(['no python3 on PATH']) });
  });

  test.skipIf(!python)('a real one answers without importing TensorFlow, and ignores the current folder', () => {
    machine.program('python3', `cd ${machine.path('here')} && exec ${python} "$@"`);
    machine.program('python3', `PYTHONPATH=${machine.path('site')} exec ${python} "$@"`, 'other-bin');
    machine.put('here/tensorflow/__init__.py', '');
    machine.put('here/json.py', 'raise SystemExit("shadowed")');
    const folder = machine.putTensorFlow('site');
    const located = locateTensorFlow();
    expect(located.found && located.folder).not.toBe(machine.path('here/tensorflow'));
    vi.stubEnv('PATH', [machine.path('other-bin'), '/usr/bin', '/bin'].join(delimiter));
    expect(locateTensorFlow()).toMatchObject({ found: true, source: 'python', folder });
  });
});

test('a CUDA build is described with the NVIDIA libraries that are not beside it', () => {
  const folder = machine.putTensorFlow('site', { cuda: true });
  vi.stubEnv('LRFIND_TENSORFLOW', folder);
  for (const name of ['cublas', 'cuda_nvcc', 'cuda_runtime', 'cufft', 'cusolver', 'cusparse', 'nccl']) {
    machine.put(`site/nvidia/${name}/lib/x.so`, '');
  }
  expect(locateTensorFlow()).toMatchObject({ cuda: true, missingCuda: ['cudnn', 'nvjitlink'] });
});

test('a version is not guessed when two packages share the folder, and related packages do not count', () => {
  const folder = machine.putTensorFlow('site', { version: '2.21.0' });
  machine.put('site/tensorflow_io_gcs_filesystem-0.37.1.dist-info/METADATA', '');
  vi.stubEnv('LRFIND_TENSORFLOW', folder);
  expect(locateTensorFlow()).toMatchObject({ version: '2.21.0' });
  machine.put('site/tensorflow_cpu-2.20.0.dist-info/METADATA', '');
  expect(locateTensorFlow()).toMatchObject({ version: undefined });
});

describe('the cache folder', () => {
  test('is the one that LRFIND_CACHE names, also relative to the current folder', () => {
    vi.stubEnv('LRFIND_CACHE', 'some/where');
    expect(cacheFolder()).toBe(join(process.cwd(), 'some/where'));
  });

  test.runIf(process.platform === 'linux')("follows XDG's specification", () => {
    vi.stubEnv('LRFIND_CACHE', '');
    vi.stubEnv('HOME', '/home/anna');
    vi.stubEnv('XDG_CACHE_HOME', '/scratch/anna');
    expect(cacheFolder()).toBe('/scratch/anna/lrfind');
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    expect(cacheFolder()).toBe('/home/anna/.cache/lrfind');
    vi.stubEnv('XDG_CACHE_HOME', undefined);
    expect(cacheFolder()).toBe('/home/anna/.cache/lrfind');
  });
});
