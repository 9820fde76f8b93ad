import { BackendError } from '../../backend-error.js';
import { thisMachine, wheelFor } from './wheels.js';

/** How TensorFlow can be had on this machine, in words. */
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
  return `${Math.round(bytes / 1e6)} MB`;
}
