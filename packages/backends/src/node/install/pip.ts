import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BackendError } from '../../backend-error.js';
import { pythonsOnPath } from '../../tensorflow/python.js';
import { runChild } from '../run-child.js';

/** A Python with pip. */
export interface Pip {
  /** Its path, or its name on PATH. */
  readonly python: string;
  /** The versions of Python whose wheels to look for, best first, such as `3.12`. */
  readonly versions: readonly string[];
}

/** The versions of Python that have a wheel. The libraries in all wheels are the same. */
const PYTHON_VERSIONS = ['3.12', '3.13', '3.11', '3.10'];
/** The first pip that accepts several platforms. */
const OLDEST_PIP = 20.3;

/**
 * Finds a Python with pip.
 *
 * @param python the Python to use; by default the first on PATH that has pip
 * @throws BackendError when there is none, saying what else can be done
 */
export async function findPip(python: string | undefined, signal: AbortSignal | undefined): Promise<Pip> {
  const candidates = python ? [python] : pythonsOnPath();
  const reasons = candidates.length === 0 ? ['there is no python3 on PATH'] : [];
  for (const candidate of candidates) {
    const pip = await examine(candidate, signal);
    if (typeof pip !== 'string') return pip;
    reasons.push(pip);
  }
  throw new BackendError(
    `installing TensorFlow needs a Python with pip, and ${reasons.join('; ')}. ` +
      'Instead, LRFIND_TENSORFLOW can name a folder with TensorFlow from elsewhere; the wasm backend needs none of it',
    'tensorflow',
  );
}

/** The pip of a Python, or why it cannot be used. */
async function examine(python: string, signal: AbortSignal | undefined): Promise<Pip | string> {
  const { code, stdout, stderr } = await runChild(python, ['-m', 'pip', '--version'], { signal }).catch((error) => {
    if (signal?.aborted) throw error;
    return { code: null, stdout: '', stderr: String(error.message) };
  });
  if (/No module named pip/.test(stderr)) {
    return `${python} has no pip ("${python} -m ensurepip", or the system's package python3-pip, brings it)`;
  }
  const [, version, pythonVersion] = /^pip (\S+) from .*\(python (\d+\.\d+)\)/m.exec(stdout) ?? [];
  if (code !== 0 || version === undefined) return `${python} does not run pip: ${lastLine(stderr) || lastLine(stdout)}`;
  if (Number.parseFloat(version) < OLDEST_PIP) {
    return `the pip of ${python} is ${version}, and ${OLDEST_PIP} or newer is needed ("${python} -m pip install --upgrade pip")`;
  }
  // The wheel for this Python comes first, because it may be in pip's cache.
  const isOwn = (candidate: string) => Number(candidate === pythonVersion);
  return { python, versions: PYTHON_VERSIONS.toSorted((a, b) => isOwn(b) - isOwn(a)) };
}

/**
 * Downloads wheels with the user's own pip and its settings: indexes, mirrors, proxies, folders of wheels.
 *
 * @param requirements packages with versions, in pip's syntax; their dependencies are not downloaded
 * @param platforms the platform tags to look for, best first
 * @param folder the folder to create; all files but those of pip's cache are written there
 * @returns the paths of all wheels in it
 * @throws BackendError with pip's own message
 */
export async function downloadWheels(
  { python, versions }: Pip,
  requirements: readonly string[],
  platforms: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const [wheels, temporary] = [join(folder, 'wheels'), join(folder, 'tmp')];
  for (const each of [wheels, temporary]) await mkdir(each, { recursive: true });
  // A setting that forbids pip to change the system's packages would forbid downloads too.
  const env = { ...process.env, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: '0' };
  let failure = '';
  for (const version of versions) {
    const argv = [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--dest', wheels],
      ...['--no-input', '--progress-bar', 'off', '--disable-pip-version-check'],
      ...['--implementation', 'cp', '--python-version', version, '--abi', `cp${version.replace('.', '')}`],
      ...platforms.flatMap((platform) => ['--platform', platform]),
      ...requirements,
    ];
    const { code, signal: killed, stderr } = await runChild(python, argv, { env, signal });
    if (code === 0) return (await readdir(wheels)).map((name) => join(wheels, name));
    failure = reason(stderr) || killed || `exit code ${code}`;
    // A folder of wheels may have the wheel for another Python. An index that cannot be reached will not have it
    // either.
    if (!stderr.includes('No matching distribution') || stderr.includes('WARNING: Retrying')) break;
  }
  const what = requirements.length === 1 ? requirements[0] : "NVIDIA's libraries";
  throw new BackendError(`pip could not download ${what}: ${failure}`, 'tensorflow');
}

/** pip's errors, and, where it retried, what made it retry. */
function reason(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith('ERROR: ')).map((line) => line.slice('ERROR: '.length));
  const retry = lines.findLast((line) => line.startsWith('WARNING: Retrying'))?.replace(/^.*?broken by /, '');
  return [...(errors.length > 0 ? errors : [lastLine(stderr)]), retry].filter(Boolean).join('; ');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
