import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackendError } from '../../backend-error.js';
import { checkBackend } from '../../node/check-backend.js';
import { describeBuild } from '../build.js';
import { requireSpace } from './disk-space.js';
import { watchGrowth } from './folder-size.js';
import { type Installation, installationFolder, MANIFEST, readInstallation } from './installation.js';
import { downloadWheels, findPip, type Pip } from './pip.js';
import { inStagingFolder, putInPlace } from './staging.js';
import { extraRequirements, type Unpacked, unpackWheel } from './unpack.js';
import { TENSORFLOW_VERSION, thisMachine, type WheelChoice, wheelFor } from './wheels.js';

/** Where an installation stands. */
export interface InstallProgress {
  /** Fetching wheels, unpacking them, or trying what was unpacked. */
  readonly stage: 'download' | 'unpack' | 'try';
  /** Bytes of this stage that are done. */
  readonly bytes: number;
  /** About how many there will be. */
  readonly total: number;
}

export interface InstallOptions {
  /** Whether the build for CUDA is fetched, with NVIDIA's libraries; Linux x64 alone (default: false). */
  readonly cuda?: boolean;
  /** Whether it is fetched again where it is installed already (default: false). */
  readonly force?: boolean;
  /** The Python whose pip fetches it (default: the first of `python3` and `python` on PATH that has pip). */
  readonly python?: string | undefined;
  /** Is told several times a second how far it is. */
  readonly onProgress?: (progress: InstallProgress) => void;
  /** Stops the installation, which leaves nothing behind. */
  readonly signal?: AbortSignal;
}

/** What came of an installation. */
export interface Installed extends Installation {
  /** Where it lies. */
  readonly folder: string;
  /** False when it was there already. */
  readonly fresh: boolean;
}

/**
 * Fetches TensorFlow through the user's own pip into the user's cache folder, where `locateTensorFlow` finds it. Its libraries,
 * CUDA's and licences are kept, checked against what the wheels record, and tried by one training step in a process of its
 * own; only then do they take their place, or that of an installation before. Installing what is there already does nothing.
 *
 * @throws BackendError for a machine without a wheel, a missing Python or pip, a full disk, a download that fails or is damaged,
 *   a library that does not work here
 * @throws the signal's reason
 */
export async function installTensorFlow(options: InstallOptions = {}): Promise<Installed> {
  const { cuda = false, force = false, python, onProgress = () => {}, signal } = options;
  const choice = wheelFor(thisMachine(), cuda);
  const folder = installationFolder();
  const before = readInstallation(folder);
  if (!force && serves(before, cuda)) return { ...before, folder, fresh: false };
  const pip = await findPip(python, signal);
  return inStagingFolder(folder, async (staging) => {
    await requireSpace(dirname(folder), choice.downloadBytes + choice.installedBytes, 'installing TensorFlow');
    const tell = (stage: InstallProgress['stage'], total: number) => (bytes: number) =>
      onProgress({ stage, bytes: Math.min(bytes, total), total });
    const [fetched, unpacked] = [join(staging, 'fetched'), join(staging, 'unpacked')];
    const wheels = await watchGrowth(fetched, tell('download', choice.downloadBytes), () =>
      download(pip, choice, cuda, fetched, signal),
    );
    const contents = await watchGrowth(unpacked, tell('unpack', choice.installedBytes), () =>
      unpack(pip, wheels, unpacked, signal),
    );
    tell('try', 1)(0);
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
    let present: Installation | undefined;
    const serveAlready = () => {
      const meanwhile = readInstallation(folder);
      if (!force && serves(meanwhile, cuda)) present = meanwhile;
      return present !== undefined;
    };
    const fresh = await putInPlace(unpacked, folder, serveAlready);
    return { ...(present ?? installation), folder, fresh };
  });
}

/** The build for CUDA computes on the CPU as well. */
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
  if (libraries.length === 0) throw new BackendError(`${wheels[0]} names none of NVIDIA's libraries`, 'tensorflow', []);
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
    // Else both would take room at the same time.
    await rm(wheel);
  }
  return contents;
}

/** Compares the version too: a folder of wheels may hold something else under the name. */
async function tryOut(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const build = describeBuild(join(folder, 'tensorflow'));
  if (typeof build === 'string') throw new BackendError(`what was fetched is not whole: ${build}`, 'tensorflow', []);
  const env = { LRFIND_TENSORFLOW: build.folder };
  const { version } = await checkBackend('tensorflow', { env, signal }).catch((error) => {
    if (!(error instanceof BackendError)) throw error;
    throw new BackendError(`TensorFlow was fetched, but does not work here: ${error.message}`, 'tensorflow', []);
  });
  if (version !== TENSORFLOW_VERSION) {
    throw new BackendError(
      `what was fetched as TensorFlow ${TENSORFLOW_VERSION} says that it is ${version}`,
      'tensorflow',
      [],
    );
  }
}
