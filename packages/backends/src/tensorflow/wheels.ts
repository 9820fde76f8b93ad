import { createRequire } from 'node:module';
import { release } from 'node:os';
import { BackendError } from '../backend-error.js';

/** The version that lrfind installs, and that its tests run on. */
export const TENSORFLOW_VERSION = '2.21.0';

/** The wheel of TensorFlow that fits a machine. */
export interface WheelChoice {
  /** The name of the package on the index. */
  readonly distribution: string;
  /** Platform tags that the machine supports, best first. */
  readonly platforms: readonly string[];
  /** Approximate size of the download in bytes, NVIDIA's libraries included. */
  readonly downloadBytes: number;
  /** Approximate size on disk in bytes. */
  readonly installedBytes: number;
}

/** The properties of a machine that decide which wheel fits. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The version of GNU's C library, such as `2.36`; undefined on a system with another C library. */
  readonly glibc: string | undefined;
  /** The version of the kernel. */
  readonly release: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, glibc: glibcVersion(), release: release() };
}

/** Asks the library itself, because creating Node's report may wait for the network. */
function glibcVersion(): string | undefined {
  try {
    // Loaded here, because koffi does not load on every system.
    const { default: koffi } = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    return koffi.load(null).func('const char *gnu_get_libc_version()')();
  } catch {
    return undefined;
  }
}

const MB = 1e6;

/** How to get TensorFlow on this machine, in words. */
export function installAdvice(): string {
  try {
    const { downloadBytes, installedBytes } = wheelFor(thisMachine(), false);
    const sizes = `${megabytes(downloadBytes)} to download, ${megabytes(installedBytes)} on disk`;
    return `"lrfind backend install" fetches it (${sizes})`;
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}

/**
 * The wheel for a machine.
 *
 * @param cuda whether to use the build for CUDA
 * @throws BackendError where there is none, saying why
 */
export function wheelFor(machine: Machine, cuda: boolean): WheelChoice {
  const { platform, arch } = machine;
  const system = `${platform} ${arch}`;
  if (cuda && system !== 'linux x64') {
    throw unavailable(`TensorFlow for CUDA is built for Linux x64 alone; this is ${system}`);
  }
  if (system === 'linux x64') {
    const platforms = glibcPlatforms(machine, 'x86_64');
    return cuda
      ? { distribution: 'tensorflow', platforms, downloadBytes: 3380 * MB, installedBytes: 5670 * MB }
      : { distribution: 'tensorflow-cpu', platforms, downloadBytes: 274 * MB, installedBytes: 854 * MB };
  }
  if (system === 'linux arm64') {
    const platforms = glibcPlatforms(machine, 'aarch64');
    return { distribution: 'tensorflow', platforms, downloadBytes: 282 * MB, installedBytes: 884 * MB };
  }
  if (system === 'darwin arm64') {
    // Darwin 21 is macOS 12.
    if (Number.parseInt(machine.release, 10) < 21) throw unavailable('TensorFlow needs macOS 12 or newer');
    const platforms = ['macosx_12_0_arm64'];
    return { distribution: 'tensorflow', platforms, downloadBytes: 224 * MB, installedBytes: 742 * MB };
  }
  throw unavailable(
    `TensorFlow ${TENSORFLOW_VERSION} is built for Linux x64, Linux arm64 and macOS arm64; this is ${system}`,
  );
}

/** The minor version of glibc 2 that TensorFlow needs. */
const OLDEST_GLIBC = 27;

/** The tags of every glibc up to the machine's own: NVIDIA's wheels have tags of several. */
function glibcPlatforms({ glibc }: Machine, arch: string): string[] {
  const minor = glibc === undefined ? undefined : Number(glibc.split('.')[1]);
  if (minor === undefined || minor < OLDEST_GLIBC) {
    const actual =
      glibc === undefined ? "this system's C library is another one, as on Alpine Linux" : `this is ${glibc}`;
    throw unavailable(`TensorFlow needs GNU's C library, 2.${OLDEST_GLIBC} or newer; ${actual}`);
  }
  const tags = Array.from({ length: minor - 4 }, (_, i) => `manylinux_2_${minor - i}_${arch}`);
  return [...tags, `manylinux2014_${arch}`];
}

function unavailable(message: string): BackendError {
  return new BackendError(`${message}; the wasm backend works here`, 'tensorflow');
}
