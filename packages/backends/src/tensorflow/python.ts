import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BackendError } from '../backend-error.js';

/** The Python programs on PATH, best first: `python3`, then `python`. */
export function pythonsOnPath(): string[] {
  return ['python3', 'python'].map(findOnPath).filter((path) => path !== undefined);
}

function findOnPath(name: string): string | undefined {
  const { PATH = '' } = process.env;
  const folders = PATH.split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => isExecutable(path) && !isPlaceholder(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Without the developer tools, running macOS's `python3` opens a window that offers to install them. */
function isPlaceholder(path: string): boolean {
  return process.platform === 'darwin' && path === '/usr/bin/python3' && spawnSync('xcode-select', ['-p']).status !== 0;
}

const answers = new Map<string, readonly string[] | string>();

/**
 * The folders of a Python's package tensorflow, or why it cannot say; cached for the process.
 *
 * @throws BackendError for a Python that does not answer
 */
export function tensorflowFolders(python: string): readonly string[] | string {
  const answer = answers.get(python) ?? queryFolders(python);
  answers.set(python, answer);
  return answer;
}

const QUERY = new URL('../../python/find_tensorflow.py', import.meta.url);

/** A Python answers within a tenth of a second. Only one that hangs takes this long, however busy the machine is. */
const TIMEOUT_MS = 60_000;

function queryFolders(python: string): readonly string[] | string {
  const { stdout, stderr, status, error } = spawnSync(python, ['-c', readFileSync(QUERY, 'utf8')], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  // To take it for one without TensorFlow would make the backend depend on a clock.
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') {
    throw new BackendError(
      `${python} did not say within ${TIMEOUT_MS / 1000} seconds whether it has TensorFlow; choose tensorflow or wasm, or set LRFIND_TENSORFLOW`,
      'auto',
    );
  }
  if (error || status !== 0) {
    return `${python} does not run: ${error?.message ?? (stderr.trim().split('\n').at(-1) || `exit code ${status}`)}`;
  }
  return foldersIn(stdout) ?? `${python} does not answer as a Python does`;
}

/** Reads the last line only, because start-up files of this Python may print. */
function foldersIn(stdout: string): string[] | undefined {
  try {
    return (JSON.parse(stdout.trim().split('\n').at(-1) as string) as { folders?: string[] }).folders;
  } catch {
    return undefined;
  }
}
