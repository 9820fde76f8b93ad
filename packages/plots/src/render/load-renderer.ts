/**
 * Loads what draws, so that the first picture need not wait for it.
 */
export async function loadRenderer(): Promise<void> {
  await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
}
