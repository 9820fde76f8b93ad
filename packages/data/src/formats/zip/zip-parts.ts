import { InputError } from '@lrfind/core';
import { type ByteSource, concatBytes } from '../../bytes.js';
import type { RandomAccess } from '../random-access.js';
import { type ZipMember, zipMembers } from './zip-entries.js';

/** Files that some programs put into every archive. */
const clutter = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$)/;

/**
 * The files of an archive, each as a source.
 *
 * @param name what messages call the archive
 * @throws InputError for an archive that is damaged or holds none
 */
export async function zipParts(name: string, file: RandomAccess): Promise<ByteSource[]> {
  const members = (await zipMembers(name, file)).filter(({ path }) => !clutter.test(path));
  if (members.length === 0) throw new InputError(`${name} must hold a table; got an empty archive`);
  return members.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((member) => sourceOf(name, member));
}

function sourceOf(name: string, member: ZipMember): ByteSource {
  const own = `${name}/${member.path}`;
  let whole: Promise<Uint8Array> | undefined;
  // A format that reads in any order gets a packed file as a whole, unpacked once.
  const bytes = () => {
    whole ??= allOf(member.stream());
    return whole;
  };
  return {
    name: own,
    async *stream() {
      let read = 0;
      for await (const part of member.stream()) {
        if (read === 0 && part[0] === 0x1f && part[1] === 0x8b)
          throw new InputError(`${own} must not be packed once more`);
        read += part.length;
        yield { bytes: part, fraction: read / member.size };
      }
    },
    slice: async (start = 0, end = member.size) => {
      const plain = await member.plain();
      return plain ? plain.slice(start, end) : (await bytes()).slice(start, end);
    },
    size: async () => member.size,
    sibling: (sibling) => {
      throw new InputError(`no such file: ${sibling} in ${name}`);
    },
  };
}

async function allOf(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return concatBytes(all);
}
