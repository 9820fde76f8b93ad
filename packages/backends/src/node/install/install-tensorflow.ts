import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertOptions } from '@lrfind/core';
import { BackendError } from '../../backend-error.js';
import { describeBuild } from '../../tensorflow/build.js';
import { type Installation, installationFolder, MANIFEST, readInstallation } from '../../tensorflow/installation.js';
import { TENSORFLOW_VERSION, thisMachine, type WheelChoice, wheelFor } from '../../tensorflow/wheels.js';
import { checkBackend } from '../check-backend.js';
import { requireSpace, watchGrowth } from './disk.js';
import { downloadWheels, findPip, type Pip } from './pip.js';
import { inStagingFolder, putInPlace, removeAbandoned, removeFolder } from './staging.js';
import { extraRequirements, type Unpacked, unpackWheel } from './unpack.js';

/** How far an installation has come. */
export interface InstallProgress {
  /** Downloading wheels, unpacking them, or trying the unpacked libraries. */
  readonly stage: 'download' | 'unpack' | 'try';
  /** Bytes of this stage that are done. */
  readonly bytes: number;
  /** Approximate total for this stage. */
  readonly total: number;
}

/** Options of {@link installTensorFlow}. */
export interface InstallOptions {
  /** Whether to install the build for CUDA, with NVIDIA's libraries; on Linux x64 only (default: false). */
  readonly cuda?: boolean;
  /** Whether to install again where it is installed already (default: false). */
  readonly force?: boolean;
  /** The Python whose pip downloads it (default: the first of `python3` and `python` on PATH that has pip). */
  readonly python?: string | undefined;
  /** Called several times a second. */
  readonly onProgress?: (progress: InstallProgress) => void;
  /** Stops the installation, which leaves nothing behind. */
  readonly signal?: AbortSignal;
}

/** An installation, and where it is. */
export interface Installed extends Installation {
  readonly folder: string;
  /** False when it was installed before. */
  readonly fresh: boolean;
}

/**
 * Downloads TensorFlow with the user's own pip into the user's cache folder, where `locateTensorFlow` finds it.
 *
 * It keeps TensorFlow's and CUDA's libraries and the licences, checks them against the hashes in the wheels, and trains
 * one step with them in another process. Only then do they replace an earlier installation. Does nothing where the same
 * build is installed.
 *
 * @throws BackendError for a machine without a wheel, a missing Python or pip, a full disk, a failed or damaged
 *   download, or a library that does not work here
 * @throws the signal's reason
 *
 * @example
 * const { version, folder } = await installTensorFlow();
 * await useBackend('tensorflow');
 */
export async function installTensorFlow(options: InstallOptions = {}): Promise<Installed> {
  assertOptions(options, ['cuda', 'force', 'python', 'onProgress', 'signal']);
  const { cuda = false, force = false, python, onProgress = () => {}, signal } = options;
  const choice = wheelFor(thisMachine(), cuda);
  const folder = installationFolder();
  const before = readInstallation(folder);
  if (!force && serves(before, cuda)) return { ...before, folder, fresh: false };
  const pip = await findPip(python, signal);
  return inStagingFolder(folder, async (staging) => {
    await requireSpace(dirname(folder), choice.downloadBytes + choice.installedBytes, 'installing TensorFlow');
    const report = (stage: InstallProgress['stage'], total: number) => (bytes: number) =>
      onProgress({ stage, bytes: Math.min(bytes, total), total });
    const [downloads, unpacked] = [join(staging, 'downloads'), join(staging, 'unpacked')];
    const wheels = await watchGrowth(downloads, report('download', choice.downloadBytes), () =>
      download(pip, choice, cuda, downloads, signal),
    );
    const contents = await watchGrowth(unpacked, report('unpack', choice.installedBytes), () =>
      unpack(pip, wheels, unpacked, signal),
    );
    report('try', 1)(0);
    await tryOut(unpacked, signal);
    const installation: Installation = {
      version: TENSORFLOW_VERSION,
      cuda,
      installed: new Date().toISOString(),
      wheels: contents.map(({ files: _, ...wheel }) => wheel),
      files: contents.flatMap(({ files }) => files),
    };
    await writeFile(join(unpacked, MANIFEST), `${JSON.stringify(installation, null, 1)}\n`);
    signal?.throwIfAborted();
    // Another process may have installed it in the meantime.
    let present: Installation | undefined;
    const isInstalled = () => {
      const current = readInstallation(folder);
      if (!force && serves(current, cuda)) present = current;
      return present !== undefined;
    };
    const fresh = await putInPlace(unpacked, folder, isInstalled);
    return { ...(present ?? installation), folder, fresh };
  });
}

/**
 * Removes the TensorFlow that lrfind has installed, and the remains of interrupted installations.
 *
 * @returns the folder that was removed; undefined when there was none
 * @throws BackendError when it cannot be moved
 */
export async function uninstallTensorFlow(): Promise<string | undefined> {
  const folder = installationFolder();
  await removeAbandoned(folder);
  return (await removeFolder(folder)) ? folder : undefined;
}

/** Whether an installation is the requested build. The build for CUDA computes on the CPU as well. */
function serves(installation: Installation | string, cuda: boolean): installation is Installation {
  if (typeof installation === 'string') return false;
  return installation.version === TENSORFLOW_VERSION && (installation.cuda || !cuda);
}

async function download(
  pip: Pip,
  { distribution, platforms }: WheelChoice,
  cuda: boolean,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const wheels = await downloadWheels(pip, [`${distribution}==${TENSORFLOW_VERSION}`], platforms, folder, signal);
  if (!cuda) return wheels;
  const required = await extraRequirements(pip.python, wheels[0] as string, 'and-cuda', signal);
  const libraries = required.filter((requirement) => /^nvidia-[\w.-]+ *[\d.,<>=!~ ]*$/.test(requirement));
  if (libraries.length === 0) throw new BackendError(`${wheels[0]} names none of NVIDIA's libraries`, 'tensorflow');
  return downloadWheels(pip, libraries, platforms, folder, signal);
}

async function unpack(
  { python }: Pip,
  wheels: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Unpacked[]> {
  const contents: Unpacked[] = [];
  for (const wheel of wheels) {
    contents.push(await unpackWheel(python, wheel, folder, signal));
    // Saves disk space.
    await rm(wheel);
  }
  return contents;
}

/** Trains a step, and checks the version too: a wheel in the user's own folder may hold another one. */
async function tryOut(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const build = describeBuild(join(folder, 'tensorflow'));
  if (typeof build === 'string') throw new BackendError(`the download is incomplete: ${build}`, 'tensorflow');
  const env = { LRFIND_TENSORFLOW: build.folder };
  const { version } = await checkBackend('tensorflow', { env, signal }).catch((error) => {
    if (!(error instanceof BackendError)) throw error;
    throw new BackendError(`TensorFlow was downloaded, but does not work here: ${error.message}`, 'tensorflow');
  });
  if (version !== TENSORFLOW_VERSION) {
    throw new BackendError(
      `the downloaded TensorFlow must be version ${TENSORFLOW_VERSION}; got ${version}`,
      'tensorflow',
    );
  }
}
