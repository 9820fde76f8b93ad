import { automaticChoice, BackendError, type CheckedBackend, checkBackend, installTensorFlow, type ListedBackend, listBackends, locateTensorFlow, uninstallTensorFlow } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { InstallOptions, ListOptions } from './options.js';
import { flagOptions } from '../shared/flags.js';
import { installProgress } from './install-progress.js';

/**
 * `lrfind backend`: lists the backends of this machine.
 *
 * @throws InputError after the list, when a backend that is there fails its check
 */
export async function list(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { check, json } = flagOptions(ListOptions, flags);
  const backends: Row[] = [];
  for (const backend of listBackends()) {
    backends.push(check && backend.usable ? { ...backend, check: await checked(backend.name) } : backend);
  }
  const auto = await forCaller(automaticChoice).catch((error: Error) => ({ name: null, why: error.message }));
  process.stdout.write(json ? `${JSON.stringify({ backends, auto }, null, 1)}\n` : table(backends, auto));
  const failed = backends.filter((backend) => backend.check && 'failure' in backend.check).map(({ name }) => name);
  if (failed.length > 0) throw new InputError(`${failed.join(' and ')} did not train a step`);
}

/**
 * `lrfind backend install`: fetches TensorFlow.
 *
 * @throws InputError for what the caller can mend: no pip, no room, no network, a machine without a build
 */
export async function install(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { progress, ...options } = flagOptions(InstallOptions, flags);
  const { onProgress, end } = installProgress();
  const { version, cuda, folder, fresh } = await forCaller(() =>
    installTensorFlow({ ...options, ...(progress && { onProgress }) }),
  ).finally(end);
  const what = `TensorFlow ${version} (${cuda ? 'CUDA' : 'CPU'})`;
  process.stdout.write(`${what} is ${fresh ? 'installed' : 'there already'}: ${folder}\n`);
  const used = await forCaller(locateTensorFlow);
  if (used.found && used.source === 'environment') {
    process.stderr.write(`LRFIND_TENSORFLOW is set, so that ${used.folder} is used in its place\n`);
  }
}

/** `lrfind backend uninstall`: removes what `install` has fetched. */
export async function uninstall(): Promise<void> {
  const folder = await forCaller(uninstallTensorFlow);
  process.stdout.write(folder ? `removed ${folder}\n` : 'nothing was installed\n');
}

type Row = ListedBackend & { check?: CheckedBackend | { readonly failure: string } };

async function checked(name: ListedBackend['name']): Promise<CheckedBackend | { readonly failure: string }> {
  try {
    return await checkBackend(name);
  } catch (error) {
    if (error instanceof BackendError) return { failure: error.message };
    throw error;
  }
}

/** Does something, turning the error of a backend that cannot be had into the caller's. */
async function forCaller<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof BackendError ? new InputError(error.message) : error;
  }
}

function table(backends: readonly Row[], auto: { name: string | null; why: string }): string {
  const width = Math.max(...backends.map(({ name }) => name.length)) + 2;
  const rows = backends.flatMap((backend) => {
    const [first, ...more] = description(backend);
    return [`${backend.name.padEnd(width)}${first}`, ...more.map((line) => ' '.repeat(width) + line)];
  });
  const choice = auto.name ? `auto takes ${auto.name}: ${auto.why}` : `auto takes none: ${auto.why}`;
  return `${[...rows, '', choice].join('\n')}\n`;
}

const TOLD_BY = {
  environment: 'LRFIND_TENSORFLOW',
  installed: 'installed by lrfind',
  python: 'of the Python on PATH',
} as const;

function description({ usable, version, device, folder, source, notes, check }: Row): string[] {
  const found = usable ? `${version ?? 'version unknown'}, ${device}` : 'not there';
  const trained =
    check && ('failure' in check ? `does not train: ${check.failure}` : `trained a step on ${check.device}`);
  return [found, folder && source && `${folder} (${TOLD_BY[source]})`, ...notes, trained].filter(
    (line): line is string => typeof line === 'string',
  );
}
