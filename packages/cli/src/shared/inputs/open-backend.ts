import { BackendError, type BackendInfo, useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';

/**
 * Opens the backend that a flag names.
 *
 * @throws InputError when it cannot be opened
 */
export async function openBackend(name: Parameters<typeof useBackend>[0]): Promise<BackendInfo> {
  return useBackend(name).catch((error) => {
    throw error instanceof BackendError ? new InputError(`--backend: ${error.message}`) : error;
  });
}

/** Which backend was taken and why, where lrfind chose. */
export function backendNotes(asked: string, { name, why }: BackendInfo): string[] {
  return asked === 'auto' ? [`backend: ${name}; ${why}`] : [];
}
