let importPackage: (() => Promise<unknown>) | undefined;

/**
 * Says how a page loads `@tensorflow/tfjs-backend-webgpu` once it is needed. By default the page imports it itself, beforehand. Node finds
 * the package by itself.
 *
 * @example
 * setWebGpuImport(() => import('@tensorflow/tfjs-backend-webgpu'));
 */
export function setWebGpuImport(load: () => Promise<unknown>): void {
  importPackage = load;
}

/** Whether the page has said how. */
export const canImport = () => importPackage !== undefined;

/** Loads the package, if the page has said how. */
export async function importWebGpu(): Promise<void> {
  await importPackage?.();
}
