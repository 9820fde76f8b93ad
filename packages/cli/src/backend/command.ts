import {
  automaticChoice,
  BackendError,
  type CheckedBackend,
  checkBackend,
  installTensorFlow,
  type ListedBackend,
  listBackends,
  locateTensorFlow,
  NoDeviceError,
  uninstallTensorFlow,
} from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { flagOptions } from '../shared/flag-values.js';
import { installProgress } from './install-progress.js';
import { InstallOptions, ListOptions } from './options.js';

/**
 * `lrfind backend`: lists the backends of this machine.
 *
 * @throws InputError after the list, when an available backend fails its check
 */
export async function list(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { check, json } = flagOptions(ListOptions, flags);
  const backends: CheckedEntry[] = [];
  for (const backend of listBackends()) {
    backends.push(check && backend.usable ? { ...backend, check: await checked(backend.name) } : backend);
  }
  const auto = await chosen();
  process.stdout.write(json ? `${JSON.stringify({ backends, auto }, null, 1)}\n` : table(backends, auto));
  const failed = backends.filter((backend) => backend.check && 'failure' in backend.check).map(({ name }) => name);
  if (failed.length > 0) throw new InputError(`${failed.join(' and ')} cannot train a step`);
}

/**
 * `lrfind backend install`: downloads TensorFlow.
 *
 * @throws InputError for what the caller can correct: no pip, no space, no network, a machine without a build
 */
export async function install(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { progress, ...options } = flagOptions(InstallOptions, flags);
  const { onProgress, end } = installProgress();
  const { version, cuda, folder, fresh } = await installTensorFlow({
    ...options,
    ...(progress && { onProgress }),
  }).finally(end);
  const what = `TensorFlow ${version} (${cuda ? 'CUDA' : 'CPU'})`;
  process.stdout.write(`${what} is installed${fresh ? '' : ' already'}: ${folder}\n`);
  const used = locateTensorFlow();
  if (used.found && used.source === 'environment') {
    process.stderr.write(`LRFIND_TENSORFLOW is set, so ${used.folder} is used instead\n`);
  }
}

/** `lrfind backend uninstall`: removes what `install` downloaded. */
export async function uninstall(): Promise<void> {
  const folder = await uninstallTensorFlow();
  process.stdout.write(folder ? `removed ${folder}\n` : 'nothing was installed\n');
}

/** How a check ended; `noDevice` is a fact about the machine, and no failure. */
type Check = CheckedBackend | { readonly failure: string } | { readonly noDevice: string };

type CheckedEntry = ListedBackend & { check?: Check };

async function checked(name: ListedBackend['name']): Promise<Check> {
  try {
    return await checkBackend(name);
  } catch (error) {
    if (error instanceof NoDeviceError) return { noDevice: error.message };
    if (error instanceof BackendError) return { failure: error.message };
    throw error;
  }
}

/** The backend that `auto` would choose, or why there is none. */
async function chosen(): Promise<{ name: string | null; why: string }> {
  try {
    return await automaticChoice();
  } catch (error) {
    if (error instanceof BackendError) return { name: null, why: error.message };
    throw error;
  }
}

function table(backends: readonly CheckedEntry[], auto: { name: string | null; why: string }): string {
  const width = Math.max(...backends.map(({ name }) => name.length)) + 2;
  const rows = backends.flatMap((backend) => {
    const [first, ...more] = description(backend);
    return [`${backend.name.padEnd(width)}${first}`, ...more.map((line) => ' '.repeat(width) + line)];
  });
  const choice = auto.name ? `auto chooses ${auto.name}: ${auto.why}` : `auto chooses none: ${auto.why}`;
  return `${[...rows, '', choice].join('\n')}\n`;
}

const SOURCES = {
  environment: 'LRFIND_TENSORFLOW',
  installed: 'installed by lrfind',
  python: 'from the Python on PATH',
} as const;

function description({ usable, version, device, folder, source, notes, check }: CheckedEntry): string[] {
  const found = usable ? `${version ?? 'version unknown'}, ${device}` : 'not available';
  return [found, folder && source && `${folder} (${SOURCES[source]})`, ...notes, check && outcome(check)].filter(
    (line): line is string => typeof line === 'string',
  );
}

function outcome(check: Check): string {
  if ('failure' in check) return `cannot train: ${check.failure}`;
  return 'noDevice' in check ? `not checked: ${check.noDevice}` : `trained a step on ${check.device}`;
}
