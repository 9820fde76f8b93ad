import { InputError } from '@lrfind/core';
import type { ByteSource } from '../../bytes.js';
import { zipEntries } from './zip-entries.js';

/** Files that some programs put into every archive. */
const clutter = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$)/;

/**
 * The files of an archive, each as a source.
 *
 * @param name what messages call the archive
 * @throws InputError for an archive that is damaged or holds none
 */
export async function zipParts(name: string, bytes: Uint8Array): Promise<ByteSource[]> {
  const entries = (await zipEntries(name, bytes)).filter(({ path }) => !clutter.test(path));
  if (entries.length === 0) throw new InputError(`${name} must hold a table; got an empty archive`);
  return entries
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, read }) => {
      const own = `${name}/${path}`;
      return {
        name: own,
        async *stream() {
          const content = read();
          if (content[0] === 0x1f && content[1] === 0x8b) throw new InputError(`${own} must not be packed once more`);
          yield { bytes: content, fraction: 1 };
        },
        slice: async (start, end) => read().slice(start, end),
        size: async () => read().length,
        sibling: (sibling) => {
          throw new InputError(`no such file: ${sibling} in ${name}`);
        },
      };
    });
}
