import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { hostname } from 'node:os';
import { delimiter } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendError } from '../../../src/backend-error.js';
import { checkBackend } from '../../../src/node/check-backend.js';
import {
  type InstallProgress,
  installTensorFlow,
  uninstallTensorFlow,
} from '../../../src/node/install/install-tensorflow.js';
import { locateTensorFlow } from '../../../src/tensorflow/locate.js';
import { type Machine, wheelFor } from '../../../src/tensorflow/wheels.js';
import { fakeMachine, python } from '../../support/fake-machine.js';

// The libraries of these wheels are a few letters, so the trial that would load them is mocked. So is the machine.
vi.mock('../../../src/node/check-backend.js', () => ({ checkBackend: vi.fn() }));
vi.mock('../../../src/tensorflow/library-files.js', () => ({
  LIBRARY_FILES: ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'],
}));
vi.mock('../../../src/tensorflow/wheels.js', async (original) => ({
  ...(await original<object>()),
  thisMachine: () => ({ platform: 'linux', arch: 'x64', glibc: '2.31', release: '6.1.0' }),
}));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, statfs: vi.fn(real.statfs) };
});

const trial = vi.mocked(checkBackend);
let machine: ReturnType<typeof fakeMachine>;
beforeEach(() => {
  machine = fakeMachine();
  trial.mockReset().mockResolvedValue({ name: 'tensorflow', version: '2.21.0', device: 'CPU' });
  vi.mocked(fs.statfs).mockResolvedValue({ bavail: 1e8, bsize: 4096 } as Awaited<ReturnType<typeof fs.statfs>>);
  if (python) machine.quickPython();
  vi.stubEnv('PATH', [machine.path('bin'), '/usr/bin', '/bin'].join(delimiter));
  const own = { LRFIND_CACHE: machine.path('cache'), LRFIND_TENSORFLOW: undefined };
  const pip = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: machine.path('wheels'), PIP_CONFIG_FILE: '/dev/null' };
  for (const [name, value] of Object.entries({ ...own, ...pip })) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  machine.remove();
});

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const installed = (...names: string[]) => machine.path('cache', 'tensorflow', ...names);
/** Replaces the fast fake pip. */
const withRealPip = () => machine.program('python3', `exec ${python} "$@"`);
const onlyFakePrograms = () => vi.stubEnv('PATH', machine.path('bin'));

const LIBRARIES = { 'tensorflow/libtensorflow_cc.so.2': 'cc', 'tensorflow/libtensorflow_framework.so.2': 'framework' };
const CPU_WHEEL = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';
const putCpuWheel = (more: Record<string, string> = {}, name = CPU_WHEEL) =>
  machine.putWheel(name, { ...LIBRARIES, ...more });

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(BackendError);
  return error.message;
}

describe.skipIf(!python)('installing', () => {
  test('keeps libraries and licences, returns their hashes, and is found afterwards', async () => {
    const wheel = putCpuWheel({
      'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices',
      'tensorflow/python/platform/build_info.py': "build_info = dict([('is_cuda_build', False)])",
      'tensorflow/python/ops/math_ops.py': 'code',
      'tensorflow/include/tensorflow/c/c_api.h': 'header',
      'tensorflow_cpu-2.21.0.dist-info/licenses/LICENSE': 'licence',
    });
    withRealPip();
    // A setting that keeps pip out of the system's Python, and would keep it from downloading too.
    vi.stubEnv('PIP_REQUIRE_VIRTUALENV', '1');
    const wheelHash = sha256(wheel);
    const progress: InstallProgress[] = [];
    const result = await installTensorFlow({ onProgress: (event) => progress.push(event) });

    expect(result).toMatchObject({ version: '2.21.0', cuda: false, fresh: true, folder: installed() });
    expect(result.wheels).toEqual([{ name: CPU_WHEEL, bytes: expect.any(Number), sha256: wheelHash }]);
    expect(result.files.map(({ path }) => path).toSorted()).toEqual([
      'tensorflow/THIRD_PARTY_NOTICES.txt',
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
      'tensorflow/python/platform/build_info.py',
      'tensorflow_cpu-2.21.0.dist-info/METADATA',
      'tensorflow_cpu-2.21.0.dist-info/licenses/LICENSE',
    ]);
    for (const { path, bytes, sha256: hash } of result.files) {
      expect([statSync(installed(path)).size, sha256(installed(path))]).toEqual([bytes, hash]);
    }
    const { folder: _, fresh: __, ...manifest } = result;
    expect(JSON.parse(readFileSync(installed('installation.json'), 'utf8'))).toEqual(manifest);
    expect(machine.cached()).toEqual(['tensorflow']);
    expect(existsSync(installed('tensorflow/include'))).toBe(false);
    expect(progress.at(-1)?.stage).toBe('try');
    expect(locateTensorFlow()).toMatchObject({
      source: 'installed',
      folder: installed('tensorflow'),
      version: '2.21.0',
      cuda: false,
    });
  });

  test('tries the libraries before they are moved into place', async () => {
    putCpuWheel();
    trial.mockImplementation(async (name, { env = {} } = {}) => {
      expect(name).toBe('tensorflow');
      expect(existsSync(`${env.LRFIND_TENSORFLOW}/libtensorflow_cc.so.2`)).toBe(true);
      expect(existsSync(installed())).toBe(false);
      return { name: 'tensorflow', version: '2.21.0', device: 'CPU' };
    });
    await installTensorFlow();
    expect(trial).toHaveBeenCalledOnce();
  });

  test('libraries that do not work here, or are of another version, are not installed', async () => {
    putCpuWheel();
    trial.mockRejectedValueOnce(new BackendError('Illegal instruction', 'tensorflow', []));
    expect(await failure(installTensorFlow())).toBe(
      'TensorFlow was downloaded, but does not work here: Illegal instruction',
    );
    trial.mockResolvedValueOnce({ name: 'tensorflow', version: '2.20.0', device: 'CPU' });
    expect(await failure(installTensorFlow())).toBe('the downloaded TensorFlow must be version 2.21.0; got 2.20.0');
    expect(machine.cached()).toEqual([]);
  });

  test('again does nothing, even without a Python; --force does it again', async () => {
    putCpuWheel();
    const first = await installTensorFlow();
    const { PATH } = process.env;
    vi.stubEnv('PATH', machine.path('nothing'));
    expect(await installTensorFlow()).toEqual({ ...first, fresh: false });
    vi.stubEnv('PATH', PATH);
    const again = await installTensorFlow({ force: true });
    expect(again.fresh).toBe(true);
    expect(again.installed > first.installed).toBe(true);
    expect(machine.cached()).toEqual(['tensorflow']);
  });

  test.each([
    ['an older version', { version: '2.20.0', cuda: false, wheels: [], files: [] }],
    [
      'one with a file missing',
      { version: '2.21.0', cuda: false, wheels: [], files: [{ path: 'x', bytes: 1, sha256: '' }] },
    ],
  ])('replaces %s', async (_, manifest) => {
    putCpuWheel();
    machine.put('cache/tensorflow/installation.json', JSON.stringify(manifest));
    machine.put('cache/tensorflow/old', '');
    expect(await installTensorFlow()).toMatchObject({ fresh: true });
    expect([existsSync(installed('old')), machine.cached()]).toEqual([false, ['tensorflow']]);
  });

  test('finds a wheel that was downloaded for another Python than the one on PATH', async () => {
    withRealPip();
    const name = CPU_WHEEL.replaceAll('312', '313');
    putCpuWheel({}, name);
    expect((await installTensorFlow()).wheels).toMatchObject([{ name }]);
  });

  test('the Python that is named is used', async () => {
    putCpuWheel();
    const named = machine.quickPython();
    onlyFakePrograms();
    machine.program('python3', 'exit 1', 'elsewhere');
    vi.stubEnv('PATH', [machine.path('elsewhere'), '/usr/bin', '/bin'].join(delimiter));
    expect(await installTensorFlow({ python: named })).toMatchObject({ fresh: true });
  });

  test('pip’s own words say why a download failed', async () => {
    withRealPip();
    const message = await failure(installTensorFlow());
    expect(message).toMatch(/^pip could not download tensorflow-cpu==2.21.0: .*No matching distribution found/);
    expect(machine.cached()).toEqual([]);
  });

  test('a full disk during the download is reported in words', async () => {
    machine.quickPython(
      'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2; exit 1',
    );
    expect(await failure(installTensorFlow())).toMatch(/No space left on device$/);
    expect(machine.cached()).toEqual([]);
  });

  test('too little disk space is found before the download', async () => {
    vi.mocked(fs.statfs).mockResolvedValue({ bavail: 100_000, bsize: 4096 } as Awaited<ReturnType<typeof fs.statfs>>);
    const message = await failure(installTensorFlow());
    expect(message).toMatch(
      /^installing TensorFlow needs 1\.1 GB on the disk of .*, which has 0\.4 GB left; make room, or set LRFIND_CACHE/,
    );
    expect(machine.cached()).toEqual([]);
  });

  test.each([
    ['is cut short', (wheel: string) => writeFileSync(wheel, readFileSync(wheel).subarray(0, -40)), /not a zip file/],
    ['has a broken byte', breakByte, /cannot be unpacked: .*(decompress|CRC|invalid|too far back)/i],
  ])('a wheel that %s is refused', async (_, harm, reason) => {
    harm(putCpuWheel({ 'tensorflow/libtensorflow_cc.so.2': 'some letters that compress '.repeat(100) }));
    expect(await failure(installTensorFlow())).toMatch(reason);
    expect(machine.cached()).toEqual([]);
  });

  test('a library that is not what the wheel records is refused, and so is one that it does not record', async () => {
    const name = 'tensorflow/libtensorflow_framework.so.2';
    putCpuWheel({ WRONG: name });
    expect(await failure(installTensorFlow())).toMatch(
      /framework.so.2 must be sha256=.{43}, 7 bytes; got sha256=.{43}, 9 bytes$/,
    );
    putCpuWheel({ UNRECORDED: name });
    expect(await failure(installTensorFlow())).toMatch(/libtensorflow_framework.so.2 is not in the wheel's RECORD$/);
    expect(machine.cached()).toEqual([]);
  });

  test('a wheel without a library is refused', async () => {
    machine.putWheel(CPU_WHEEL, { 'tensorflow/libtensorflow_cc.so.2': 'cc' });
    expect(await failure(installTensorFlow())).toMatch(/incomplete: .* has no libtensorflow_framework.so.2$/);
    expect(machine.cached()).toEqual([]);
  });

  test('an interruption ends pip and leaves nothing behind', async () => {
    machine.quickPython(`echo $$ >${machine.path('pid')}; exec sleep 600`);
    const controller = new AbortController();
    const installation = installTensorFlow({ signal: controller.signal });
    installation.catch(() => {});
    const pid = Number(
      await vi.waitFor(() => readFileSync(machine.path('pid'), 'utf8').trim() || Promise.reject(), 20_000),
    );
    controller.abort(new Error('enough'));
    await expect(installation).rejects.toThrow('enough');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(machine.cached()).toEqual([]);
  });

  test('an interruption while the libraries are tried leaves nothing behind', async () => {
    putCpuWheel();
    const controller = new AbortController();
    trial.mockImplementation(async () => {
      controller.abort();
      return { name: 'tensorflow', version: '2.21.0', device: 'CPU' };
    });
    await expect(installTensorFlow({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(machine.cached()).toEqual([]);
  });

  test('two at once both end with one whole installation', async () => {
    putCpuWheel();
    const both = await Promise.all([installTensorFlow(), installTensorFlow()]);
    expect(both.map(({ fresh }) => fresh).toSorted()).toEqual([false, true]);
    expect(locateTensorFlow()).toMatchObject({ source: 'installed' });
    expect(machine.cached()).toEqual(['tensorflow']);
    const forced = await Promise.all([installTensorFlow({ force: true }), installTensorFlow({ force: true })]);
    expect(forced.map(({ fresh }) => fresh)).toEqual([true, true]);
    expect(locateTensorFlow()).toMatchObject({ source: 'installed' });
    expect(machine.cached()).toEqual(['tensorflow']);
  });

  test('the folders of killed processes are removed, not those that a living process uses', async () => {
    putCpuWheel();
    const left = (host: string, pid: number) => `tensorflow.${host}.${pid}.0123abcd.part`;
    // No process has the highest number; the first one is always there.
    const names = {
      dead: left(hostname(), 2 ** 22 + 1),
      living: left(hostname(), 1),
      elsewhere: left('other.host', 7),
      old: left('other.host', 8),
    };
    for (const name of Object.values(names)) mkdirSync(machine.path('cache', name), { recursive: true });
    machine.put(`cache/${names.dead}/half`, '');
    utimesSync(machine.path('cache', names.old), 0, 0);
    machine.put('cache/something.part', '');
    await installTensorFlow();
    expect(machine.cached()).toEqual(['something.part', 'tensorflow', names.living, names.elsewhere].toSorted());
  });
});

describe.skipIf(!python)('the build for CUDA', () => {
  const wheel = (requires: string) =>
    machine.putWheel('tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl', { ...LIBRARIES, METADATA: requires });
  const requires = [
    'Requires-Dist: numpy>=1.26.0',
    'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
    "Requires-Dist: nvidia-cuda-nvcc-cu12>=12.5; extra == 'and-cuda'",
    'Requires-Dist: setuptools; extra == "and-cuda"',
    'Requires-Dist: nvidia-other; extra == "other"',
    '',
  ].join('\n');
  const putLibraries = () => {
    machine.putWheel('nvidia_cudnn_cu12-9.5.0-py3-none-manylinux_2_25_x86_64.whl', {
      'nvidia/cudnn/lib/libcudnn.so.9': 'cudnn',
      'nvidia/cudnn/lib/libcudnn_static.a': 'static',
      'nvidia/cudnn/include/cudnn.h': 'header',
      'nvidia_cudnn_cu12-9.5.0.dist-info/License.txt': 'licence',
    });
    machine.putWheel('nvidia_cudnn_cu12-10.1.0-py3-none-manylinux_2_25_x86_64.whl', {});
    machine.putWheel('nvidia_cuda_nvcc_cu12-12.9.1-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl', {
      'nvidia/cuda_nvcc/bin/ptxas': 'ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': 'bitcode',
    });
  };

  test("brings NVIDIA's libraries that the wheel names, where TensorFlow's run path looks for them", async () => {
    withRealPip();
    wheel(requires);
    putLibraries();
    const result = await installTensorFlow({ cuda: true });
    expect(result.cuda).toBe(true);
    expect(result.wheels.map(({ name }) => name.split('-').slice(0, 2).join(' ')).toSorted()).toEqual([
      'nvidia_cuda_nvcc_cu12 12.9.1',
      'nvidia_cudnn_cu12 9.5.0',
      'tensorflow 2.21.0',
    ]);
    expect(
      result.files
        .map(({ path }) => path)
        .filter((path) => !path.includes('METADATA'))
        .toSorted(),
    ).toEqual([
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
      'nvidia/cudnn/lib/libcudnn.so.9',
      'nvidia_cudnn_cu12-9.5.0.dist-info/License.txt',
      ...Object.keys(LIBRARIES),
    ]);
    expect(statSync(installed('nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).not.toBe(0);
  });

  test('also serves as the build for the CPU, but not vice versa', async () => {
    wheel(requires);
    putLibraries();
    putCpuWheel();
    expect(await installTensorFlow()).toMatchObject({ fresh: true, cuda: false });
    expect(await installTensorFlow({ cuda: true })).toMatchObject({ fresh: true, cuda: true });
    expect(await installTensorFlow()).toMatchObject({ fresh: false, cuda: true });
    expect(await installTensorFlow({ force: true })).toMatchObject({ fresh: true, cuda: false });
  });

  test('a library that cannot be downloaded is reported, and a wheel that names none is refused', async () => {
    wheel(requires);
    // No such wheel is in the folder.
    expect(await failure(installTensorFlow({ cuda: true }))).toMatch(
      /^pip could not download NVIDIA's libraries: .*nvidia_/,
    );
    wheel('');
    expect(await failure(installTensorFlow({ cuda: true }))).toMatch(/names none of NVIDIA's libraries$/);
    expect(machine.cached()).toEqual([]);
  });
});

describe('what it needs', () => {
  const alternatives = /LRFIND_TENSORFLOW can name a folder .*; the wasm backend needs none of it$/;

  test('no Python at all', async () => {
    vi.stubEnv('PATH', machine.path('nothing'));
    const message = await failure(installTensorFlow());
    expect(message).toMatch(/^installing TensorFlow needs a Python with pip, and there is no python3 on PATH\. /);
    expect(message).toMatch(alternatives);
    expect(machine.cached()).toEqual([]);
  });

  test('a Python without pip, and one whose pip is too old', async () => {
    onlyFakePrograms();
    const python3 = machine.program('python3', 'echo "python3: No module named pip" >&2; exit 1');
    const other = machine.program('python', 'echo "pip 20.0.2 from /usr/lib (python 3.8)"');
    const message = await failure(installTensorFlow());
    expect(message).toContain(`${python3} has no pip ("${python3} -m ensurepip"`);
    expect(message).toContain(`the pip of ${other} is 20.0.2, and 20.3 or newer is needed`);
    expect(message).toMatch(alternatives);
  });

  test('a named Python that is not there', async () => {
    const nowhere = machine.path('nowhere');
    expect(await failure(installTensorFlow({ python: nowhere }))).toContain(
      `${nowhere} does not run pip: spawn ${nowhere} ENOENT`,
    );
  });

  test('a cache folder that can be written to', async () => {
    machine.put('cache', 'a file');
    machine.program('python3', 'echo "pip 26.0 from /usr/lib (python 3.12)"');
    onlyFakePrograms();
    expect(await failure(installTensorFlow())).toMatch(/^no folder can be created in /);
  });
});

describe('the wheel for a machine', () => {
  const linux: Machine = { platform: 'linux', arch: 'x64', glibc: '2.28', release: '5.4.0' };
  const mac: Machine = { platform: 'darwin', arch: 'arm64', glibc: undefined, release: '24.1.0' };

  test('is the one for its processor, with every tag of its C library', () => {
    const platforms = [
      'manylinux_2_28_x86_64',
      'manylinux_2_27_x86_64',
      'manylinux_2_5_x86_64',
      'manylinux2014_x86_64',
    ];
    expect(wheelFor(linux, false)).toMatchObject({
      distribution: 'tensorflow-cpu',
      platforms: expect.arrayContaining(platforms),
    });
    expect(wheelFor(linux, false).platforms[0]).toBe('manylinux_2_28_x86_64');
    expect(wheelFor(linux, true)).toMatchObject({ distribution: 'tensorflow' });
    const arm = wheelFor({ ...linux, arch: 'arm64' }, false);
    expect(arm).toMatchObject({
      distribution: 'tensorflow',
      platforms: expect.arrayContaining(['manylinux_2_27_aarch64']),
    });
    expect(wheelFor(mac, false)).toMatchObject({ distribution: 'tensorflow', platforms: ['macosx_12_0_arm64'] });
  });

  test.each([
    [
      { ...linux, glibc: undefined },
      false,
      /needs GNU's C library, 2.27 or newer; .* as on Alpine Linux; the wasm backend works here$/,
    ],
    [{ ...linux, glibc: '2.17' }, false, /2.27 or newer; this is 2.17/],
    [{ ...linux, arch: 'arm64' }, true, /for CUDA is built for Linux x64 alone; this is linux arm64/],
    [mac, true, /for CUDA is built for Linux x64 alone/],
    [{ ...mac, release: '20.6.0' }, false, /macOS 12/],
    [{ ...mac, arch: 'x64' }, false, /this is darwin x64/],
    [{ ...linux, platform: 'win32' as const }, false, /this is win32 x64; the wasm backend works here$/],
  ])('%o, CUDA %o: there is none', (where, cuda, reason) => {
    expect(() => wheelFor(where, cuda)).toThrow(BackendError);
    expect(() => wheelFor(where, cuda)).toThrow(reason);
  });
});

describe('removing', () => {
  test('removes the installation, and says when there was none', async () => {
    machine.put('cache/tensorflow/installation.json', '{}');
    machine.put('cache/else', '');
    expect(await uninstallTensorFlow()).toBe(installed());
    expect(machine.cached()).toEqual(['else']);
    expect(await uninstallTensorFlow()).toBeUndefined();
  });

  test('removes the folders of killed processes', async () => {
    machine.put(`cache/tensorflow.${hostname()}.${2 ** 22 + 1}.0123abcd.part/half`, '');
    expect(await uninstallTensorFlow()).toBeUndefined();
    expect(machine.cached()).toEqual([]);
  });
});

/** Another byte in the middle of the compressed library. */
function breakByte(wheel: string): void {
  const bytes = readFileSync(wheel);
  const at = bytes.indexOf('tensorflow/libtensorflow_cc.so.2') + 'tensorflow/libtensorflow_cc.so.2'.length + 12;
  bytes[at] = (bytes[at] as number) ^ 0xff;
  writeFileSync(wheel, bytes);
}
