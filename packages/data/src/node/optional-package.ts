import { InputError } from '@lrfind/core';

/**
 * Loads a package that is installed only by whoever needs it.
 *
 * @param load imports it
 * @param name of the package
 * @param what needs it, for the message
 * @throws InputError naming the command that installs it
 */
export async function optionalPackage<T>(load: () => Promise<T>, name: string, what: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'ERR_MODULE_NOT_FOUND' || message.includes(name))
      throw new InputError(`${what} needs the package ${name}: npm install ${name}`);
    throw error;
  }
}
