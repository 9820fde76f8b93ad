import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Installed, installTensorFlow } from '@lrfind/backends';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { folder as gpuFolder, hasSoftwareGpu } from '../../../backends/test/support/software-gpu.js';
import { lrfind } from '../command.js';

vi.mock('@lrfind/backends', async (original) => {
  const real = await original<typeof import('@lrfind/backends')>();
  return { ...real, installTensorFlow: vi.fn(real.installTensorFlow) };
});

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lrfind-'));
  vi.stubEnv('LRFIND_TENSORFLOW', undefined);
  vi.stubEnv('LRFIND_CACHE', path('cache'));
  vi.stubEnv('PATH', path('bin'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
const libraries =
  process.platform === 'darwin'
    ? ['libtensorflow_framework.2.dylib', 'libtensorflow_cc.2.dylib']
    : ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'];

/** A folder that looks like an installed TensorFlow. */
function putTensorFlow(): string {
  mkdirSync(path('site/tensorflow-2.21.0.dist-info'), { recursive: true });
  mkdirSync(path('site/tensorflow'));
  for (const file of libraries) writeFileSync(path('site/tensorflow', file), 'no library');
  return path('site/tensorflow');
}

describe('backend', () => {
  test('lists every backend, why one is not available, and the choice of auto', async () => {
    const { code, stdout, stderr } = await lrfind('backend');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^wasm +4\.22\.0, CPU \(WebAssembly\)$/m);
    expect(stdout).toMatch(/^cpu +4\.22\.0, CPU \(JavaScript\)$/m);
    expect(stdout).toMatch(/^tensorflow +not available$/m);
    expect(stdout).toMatch(/^ +LRFIND_TENSORFLOW is not set$/m);
    expect(stdout).toMatch(/^ +not installed in .*cache\/tensorflow$/m);
    expect(stdout).toMatch(/^ +no python3 on PATH$/m);
    expect(stdout).toMatch(/^auto chooses wasm: no TensorFlow was found; /m);
  });

  test('shows where TensorFlow is and how it was found', async () => {
    const where = putTensorFlow();
    vi.stubEnv('LRFIND_TENSORFLOW', where);
    const { stdout } = await lrfind('backend');
    expect(stdout).toMatch(/^tensorflow +2\.21\.0, CPU/m);
    expect(stdout).toContain(`${where} (LRFIND_TENSORFLOW)`);
    expect(stdout).toContain(`auto chooses tensorflow: TensorFlow 2.21.0 was found in ${where}`);
  });

  test('--json gives the same as data', async () => {
    const where = putTensorFlow();
    vi.stubEnv('LRFIND_TENSORFLOW', where);
    const { backends, auto } = JSON.parse((await lrfind('backend', '--json')).stdout);
    expect(backends.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'cpu',
      'tensorflow',
      'wasm',
      'webgpu',
    ]);
    expect(backends.find(({ name }: { name: string }) => name === 'tensorflow')).toMatchObject({
      usable: true,
      version: '2.21.0',
      folder: where,
      source: 'environment',
      notes: [],
    });
    expect(auto.name).toBe('tensorflow');
  });

  test('a wrong LRFIND_TENSORFLOW is reported, and auto chooses nothing instead', async () => {
    vi.stubEnv('LRFIND_TENSORFLOW', folder);
    const { code, stdout } = await lrfind('backend', '--json');
    expect(code).toBe(0);
    const { backends, auto } = JSON.parse(stdout);
    expect(backends.find(({ name }: { name: string }) => name === 'tensorflow').usable).toBe(false);
    expect(auto).toEqual({
      name: null,
      why: expect.stringMatching(/^LRFIND_TENSORFLOW must be a folder with .*; got "/),
    });
  });

  // Here WebGPU's packages are installed, so that it must start too.
  test.runIf(hasSoftwareGpu)('--check trains a step on each, in the built program', () => {
    vi.stubEnv('LD_LIBRARY_PATH', gpuFolder);
    const { status, stdout } = spawnSync(process.execPath, [bin, 'backend', '--check', '--json'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const checks = JSON.parse(stdout).backends.map(({ name, check }: { name: string; check: object }) => [name, check]);
    expect(Object.fromEntries(checks)).toMatchObject({
      wasm: { version: '4.22.0', device: expect.stringMatching(/^CPU \(WebAssembly/) },
      cpu: { version: '4.22.0', device: 'CPU (JavaScript)' },
      webgpu: { version: '4.22.0', device: expect.stringMatching(/SwiftShader/) },
      tensorflow: undefined,
    });
  });

  test.runIf(hasSoftwareGpu)('--check fails for a backend that is available and does not start, after the list', () => {
    vi.stubEnv('LD_LIBRARY_PATH', gpuFolder);
    vi.stubEnv('LRFIND_TENSORFLOW', putTensorFlow());
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'backend', '--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, 'lrfind: tensorflow cannot train a step\n']);
    expect(stdout).toMatch(/cannot train: .*libtensorflow_framework/);
    expect(stdout).toMatch(/trained a step on CPU \(WebAssembly/);
  });

  test.runIf(hasSoftwareGpu)('--check takes a machine without a GPU as it is', () => {
    vi.stubEnv('LD_LIBRARY_PATH', undefined);
    for (const name of ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES']) vi.stubEnv(name, '/nowhere');
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'backend', '--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ +not checked: backend webgpu: no GPU with a driver was found/m);
  });

  test('another word or flag is a mistake', async () => {
    for (const argv of [['remove'], ['--cuda'], ['install', '--gpu'], ['install', 'now']]) {
      expect((await lrfind('backend', ...argv)).code).toBe(2);
    }
  });
});

describe('backend install', () => {
  const installation = (more: Partial<Installed>): Installed => ({
    ...{ version: '2.21.0', cuda: false, installed: '2026-01-01T00:00:00Z', wheels: [], files: [] },
    ...{ folder: path('cache/tensorflow'), fresh: true },
    ...more,
  });
  const installs = vi.mocked(installTensorFlow);

  test('prints the installation on stdout and its progress on stderr', async () => {
    installs.mockImplementationOnce(async ({ onProgress }: Parameters<typeof installTensorFlow>[0] = {}) => {
      for (const bytes of [0, 274e6]) onProgress?.({ stage: 'download', bytes, total: 274e6 });
      onProgress?.({ stage: 'unpack', bytes: 1, total: 854e6 });
      onProgress?.({ stage: 'try', bytes: 0, total: 1 });
      return installation({});
    });
    const { code, stdout, stderr } = await lrfind('backend', 'install');
    expect(code).toBe(0);
    expect(stdout).toBe(`TensorFlow 2.21.0 (CPU) is installed: ${path('cache/tensorflow')}\n`);
    expect(stderr).toBe('downloading (about 274 MB)\nunpacking (about 854 MB)\ntrying a training step\n');
  });

  test('passes its flags on, and says when TensorFlow was installed already', async () => {
    installs.mockResolvedValueOnce(installation({ cuda: true, fresh: false }));
    const { stdout, stderr } = await lrfind(
      'backend',
      'install',
      '--cuda',
      '--force',
      '--python',
      'snake',
      '--no-progress',
    );
    expect(installs).toHaveBeenLastCalledWith({ cuda: true, force: true, python: 'snake' });
    expect(stdout).toBe(`TensorFlow 2.21.0 (CUDA) is installed already: ${path('cache/tensorflow')}\n`);
    expect(stderr).toBe('');
  });

  test('warns when LRFIND_TENSORFLOW prevents its use', async () => {
    const where = putTensorFlow();
    vi.stubEnv('LRFIND_TENSORFLOW', where);
    installs.mockResolvedValueOnce(installation({}));
    const { code, stderr } = await lrfind('backend', 'install');
    expect([code, stderr]).toEqual([0, `LRFIND_TENSORFLOW is set, so ${where} is used instead\n`]);
  });

  test('what the caller can correct has exit code 2 and no stack', async () => {
    const { code, stdout, stderr } = await lrfind('backend', 'install', '--no-progress');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^lrfind: .*\n$/);
  });

  test('--help shows every option with its default', async () => {
    const { code, stdout } = await lrfind('backend', 'install', '--help');
    expect(code).toBe(0);
    for (const flag of ['--cuda', '--force', '--python <path>', '--no-progress']) expect(stdout).toContain(flag);
  });

  // Where there is no wheel, nothing is ever downloaded that could be interrupted.
  const hasWheel = ['linux x64', 'linux arm64', 'darwin arm64'].includes(`${process.platform} ${process.arch}`);
  test.runIf(hasWheel)('Ctrl-C ends with 130, ends pip and leaves nothing behind', async () => {
    mkdirSync(path('bin'));
    const pip =
      'case "$*" in *--version) echo "pip 26.0 from /lib (python 3.12)";; *) echo $$ >"$0.pid"; exec sleep 600;; esac';
    writeFileSync(path('bin/python3'), `#!/bin/sh\n${pip}\n`);
    chmodSync(path('bin/python3'), 0o755);
    vi.stubEnv('PATH', [path('bin'), '/usr/bin', '/bin'].join(':'));
    const child = spawn(process.execPath, [bin, 'backend', 'install'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    const pid = await vi.waitFor(() => {
      const text = readFileSync(path('bin/python3.pid'), 'utf8').trim();
      expect(text).not.toBe('');
      return Number(text);
    }, 20_000);
    expect(readdirSync(path('cache'))).toHaveLength(1);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(path('cache'))).toEqual([]);
    // The system may remove an ended process later.
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 20_000);
  });
});

describe('backend uninstall', () => {
  test('removes what was installed, and says when nothing was', async () => {
    mkdirSync(path('cache/tensorflow'), { recursive: true });
    expect(await lrfind('backend', 'uninstall')).toEqual({
      code: 0,
      stdout: `removed ${path('cache/tensorflow')}\n`,
      stderr: '',
    });
    expect(existsSync(path('cache/tensorflow'))).toBe(false);
    expect((await lrfind('backend', 'uninstall')).stdout).toBe('nothing was installed\n');
  });
});
