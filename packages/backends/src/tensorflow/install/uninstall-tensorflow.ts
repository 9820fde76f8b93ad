import { installationFolder } from './installation.js';
import { removeAbandoned, removeFolder } from './staging.js';

/**
 * Removes the TensorFlow that lrfind has installed, and what interrupted installations have left.
 *
 * @returns the folder that was removed; undefined when there was none
 */
export async function uninstallTensorFlow(): Promise<string | undefined> {
  const folder = installationFolder();
  await removeAbandoned(folder);
  return (await removeFolder(folder)) ? folder : undefined;
}
