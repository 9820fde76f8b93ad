import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LIBRARY_FILES } from './library-files.js';

/** A build of TensorFlow, as what lies beside its libraries tells. */
export interface Build {
  /** The folder that holds its two libraries. */
  readonly folder: string;
  /** As "2.21.0"; undefined where nothing tells. */
  readonly version: string | undefined;
  /** Whether it was built for CUDA; undefined where nothing tells. */
  readonly cuda: boolean | undefined;
  /** For a CUDA build: NVIDIA's libraries that do not lie beside it, as "cudnn". The system may have them. */
  readonly missingCuda: readonly string[];
}

/** The oldest TensorFlow that has all that is called. */
export const OLDEST_VERSION = '2.15';

/** The build in a folder that holds, or should hold, TensorFlow's libraries; or in words why it is of no use. */
export function describeBuild(folder: string): Build | string {
  const version = versionIn(folder);
  const name = version ? `TensorFlow ${version} in ${folder}` : `TensorFlow in ${folder}`;
  if (version && isOlder(version, OLDEST_VERSION)) return `${name} is too old: it must be ${OLDEST_VERSION} or newer`;
  const missing = LIBRARY_FILES.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) return `${name} has no ${missing.join(' and no ')}`;
  const cuda = isForCuda(folder);
  return { folder, version, cuda, missingCuda: cuda ? missingCuda(folder) : [] };
}

/** Folders that describe a package under one of the names by which TensorFlow is published. */
const DESCRIPTION =
  /^(?:intel_)?(?:tensorflow|tf_nightly)(?:_(?:cpu|gpu|intel|macos|rocm|aarch64|cpu_aws))?-([^-]+)\.dist-info$/;

function versionIn(folder: string): string | undefined {
  const beside = existsSync(dirname(folder)) ? readdirSync(dirname(folder)) : [];
  const versions = new Set(
    beside.map((name) => DESCRIPTION.exec(name)?.[1]).filter((version) => version !== undefined),
  );
  // Several packages share the folder; which of them was unpacked last is not to be known.
  return versions.size === 1 ? [...versions][0] : undefined;
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

function isForCuda(folder: string): boolean | undefined {
  const path = join(folder, 'python', 'platform', 'build_info.py');
  const told = existsSync(path) && /'is_cuda_build', (True|False)/.exec(readFileSync(path, 'utf8'))?.[1];
  return told ? told === 'True' : undefined;
}

/** NVIDIA's libraries that training needs, by the folders in which TensorFlow's run path looks for them. */
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
