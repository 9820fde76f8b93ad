import { createRequire } from 'node:module';
import { release } from 'node:os';
import { BackendError } from '../../backend-error.js';

/** The version that is installed, and that the tests run on. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Which wheel of TensorFlow fits a machine. */
export interface WheelChoice {
  /** The name under which the build is published. */
  readonly distribution: string;
  /** Platform tags that the machine can use, best first. */
  readonly platforms: readonly string[];
  /** About what is downloaded, in bytes, NVIDIA's libraries included. */
  readonly downloadBytes: number;
  /** About what lies on disk afterwards, in bytes. */
  readonly installedBytes: number;
}

/** What decides which wheel fits. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The version of the system's C library, "2.36"; undefined where it is none of GNU's. */
  readonly glibc: string | undefined;
  /** The version of the kernel. */
  readonly release: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, glibc: glibcVersion(), release: release() };
}

/** Asked of the library itself: Node's own report of it may wait for the network. */
function glibcVersion(): string | undefined {
  try {
    // Loaded here, since it does not load everywhere.
    const { default: koffi } = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    return koffi.load(null).func('const char *gnu_get_libc_version()')();
  } catch {
    return undefined;
  }
}

const MB = 1e6;

/**
 * The wheel for a machine.
 *
 * @param cuda whether the build for CUDA is wanted
 * @throws BackendError where there is none, saying why
 */
export function wheelFor(machine: Machine, cuda: boolean): WheelChoice {
  const { platform, arch } = machine;
  const place = `${platform} ${arch}`;
  if (cuda && place !== 'linux x64')
    throw unavailable(`TensorFlow for CUDA is built for Linux x64 alone; this is ${place}`);
  if (place === 'linux x64') {
    const platforms = glibcPlatforms(machine, 'x86_64');
    return cuda
      ? { distribution: 'tensorflow', platforms, downloadBytes: 3380 * MB, installedBytes: 5670 * MB }
      : { distribution: 'tensorflow-cpu', platforms, downloadBytes: 274 * MB, installedBytes: 854 * MB };
  }
  if (place === 'linux arm64') {
    const platforms = glibcPlatforms(machine, 'aarch64');
    return { distribution: 'tensorflow', platforms, downloadBytes: 282 * MB, installedBytes: 884 * MB };
  }
  if (place === 'darwin arm64') {
    // Darwin 21 is macOS 12.
    if (Number.parseInt(machine.release, 10) < 21) throw unavailable('TensorFlow needs macOS 12 or newer');
    const platforms = ['macosx_12_0_arm64'];
    return { distribution: 'tensorflow', platforms, downloadBytes: 224 * MB, installedBytes: 742 * MB };
  }
  throw unavailable(
    `TensorFlow ${TENSORFLOW_VERSION} is built for Linux x64, Linux arm64 and macOS arm64; this is ${place}`,
  );
}

const OLDEST_GLIBC = 27;

/** All tags of GNU's C library up to the machine's own: NVIDIA's wheels bear several. */
function glibcPlatforms({ glibc }: Machine, arch: string): string[] {
  const minor = glibc === undefined ? undefined : Number(glibc.split('.')[1]);
  if (minor === undefined || minor < OLDEST_GLIBC) {
    const came =
      glibc === undefined ? "this system's C library is another one, as on Alpine Linux" : `this is ${glibc}`;
    throw unavailable(`TensorFlow needs GNU's C library, 2.${OLDEST_GLIBC} or newer; ${came}`);
  }
  const tags = Array.from({ length: minor - 4 }, (_, i) => `manylinux_2_${minor - i}_${arch}`);
  return [...tags, `manylinux2014_${arch}`];
}

function unavailable(message: string): BackendError {
  return new BackendError(`${message}; the wasm backend works here`, 'tensorflow', []);
}
