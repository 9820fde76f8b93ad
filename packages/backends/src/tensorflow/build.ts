import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LIBRARY_FILES } from './library-files.js';

/** A build of TensorFlow, as far as the files beside its libraries describe it. */
export interface Build {
  /** The folder that holds its two libraries. */
  readonly folder: string;
  /** Such as `2.21.0`; undefined where no file says it. */
  readonly version: string | undefined;
  /** Whether it was built for CUDA; undefined where no file says it. */
  readonly cuda: boolean | undefined;
  /** For a CUDA build, NVIDIA's libraries that are not beside it, such as `cudnn`. The system may have them. */
  readonly missingCuda: readonly string[];
}

/** The oldest TensorFlow that has every function that lrfind calls. */
export const OLDEST_VERSION = '2.15';

/** The build in a folder that should hold TensorFlow's libraries; or why it cannot be used, in words. */
export function describeBuild(folder: string): Build | string {
  const version = versionIn(folder);
  const name = version ? `TensorFlow ${version} in ${folder}` : `TensorFlow in ${folder}`;
  if (version && isOlder(version, OLDEST_VERSION)) return `${name} is too old: it must be ${OLDEST_VERSION} or newer`;
  const missing = LIBRARY_FILES.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) return `${name} has no ${missing.join(' and no ')}`;
  const cuda = isForCuda(folder);
  return { folder, version, cuda, missingCuda: cuda ? missingCuda(folder) : [] };
}

/** Names of folders with the metadata of a package, under the names by which TensorFlow is published. */
const METADATA_FOLDER =
  /^(?:intel_)?(?:tensorflow|tf_nightly)(?:_(?:cpu|gpu|intel|macos|rocm|aarch64|cpu_aws))?-([^-]+)\.dist-info$/;

function versionIn(folder: string): string | undefined {
  const beside = existsSync(dirname(folder)) ? readdirSync(dirname(folder)) : [];
  const versions = new Set(
    beside.map((name) => METADATA_FOLDER.exec(name)?.[1]).filter((version) => version !== undefined),
  );
  // Where several packages share the folder, there is no way to know which one was unpacked last.
  return versions.size === 1 ? [...versions][0] : undefined;
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

function isForCuda(folder: string): boolean | undefined {
  const path = join(folder, 'python', 'platform', 'build_info.py');
  const value = existsSync(path) && /'is_cuda_build', (True|False)/.exec(readFileSync(path, 'utf8'))?.[1];
  return value ? value === 'True' : undefined;
}

/** NVIDIA's libraries that training needs, by the names of the folders in TensorFlow's run path. */
const CUDA_LIBRARIES = [
  'cublas',
  'cuda_nvcc',
  'cuda_runtime',
  'cudnn',
  'cufft',
  'cusolver',
  'cusparse',
  'nccl',
  'nvjitlink',
];

function missingCuda(folder: string): string[] {
  return CUDA_LIBRARIES.filter((name) => !existsSync(join(dirname(folder), 'nvidia', name)));
}
