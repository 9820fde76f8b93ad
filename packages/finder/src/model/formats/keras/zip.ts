import { InputError, sizeText } from '@lrfind/core';
import { zipEntries } from '@lrfind/data';

/** The most members that are looked at; Keras writes three, and one for each vocabulary. */
const MOST_MEMBERS = 4096;
/** The most bytes of the JSON documents and the vocabularies, each. */
const MOST_DOCUMENT_BYTES = 64 * 2 ** 20;
/** The most bytes of the weights. */
const MOST_WEIGHT_BYTES = 2 ** 31 - 1;

/** The weights of a `.keras` file. */
export const WEIGHTS_MEMBER = 'model.weights.h5';

/** Members that say the weights lie elsewhere, in ways that are not read. */
const otherWeights: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^model\.weights\.json$/, 'weights in shards'],
  [/^model_\d+\.weights\.h5$/, 'weights in shards'],
  [/^model\.weights\.npz$/, 'weights in NumPy format'],
];

/**
 * Reads the members of a `.keras` file: the configuration, the metadata, the weights, and vocabularies below `assets/`. Nothing is
 * ever written under the name of a member.
 *
 * @param name what messages call the file
 * @param bytes the zip file
 * @returns the bytes by the name of the member
 * @throws InputError for a damaged or encrypted file, for a size that is too large, before it is unpacked, for a name that leaves the
 *   file, and for two members of the same name
 */
export async function readKerasZip(name: string, bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await zipEntries(name, bytes);
  if (entries.length > MOST_MEMBERS)
    throw new InputError(`${name} must have at most ${MOST_MEMBERS} members; got ${entries.length}`);
  const found = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  for (const { path, size, read } of entries) {
    if (seen.has(path)) throw new InputError(`${name} must have each member once; got "${path}" twice`);
    seen.add(path);
    const other = otherWeights.find(([pattern]) => pattern.test(path));
    if (other)
      throw new InputError(
        `${name} must have its weights in ${WEIGHTS_MEMBER}; got ${other[1]} (${path}): save the model with model.save("model.keras") and no max_shard_size`,
      );
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw new InputError(`${name} must have members within the file; got "${path}"`);
    if (!isRead(path)) continue;
    const most = path === WEIGHTS_MEMBER ? MOST_WEIGHT_BYTES : MOST_DOCUMENT_BYTES;
    if (size > most)
      throw new InputError(`${name}: ${path} must have at most ${sizeText(most)}; got ${sizeText(size)}`);
    found.set(path, read());
  }
  return found;
}

function isRead(filename: string): boolean {
  return ['config.json', 'metadata.json', WEIGHTS_MEMBER].includes(filename) || filename.startsWith('assets/');
}
