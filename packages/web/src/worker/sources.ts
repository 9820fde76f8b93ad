import { type ByteSource, bytesSource } from '@lrfind/data';

/**
 * The bytes of a file that was chosen in the page.
 *
 * @param others the files that were chosen with it, among which are those that it names
 */
export function chosenFile(file: File, others: readonly File[]): ByteSource {
  return bytesSource(file.name, file, Object.fromEntries(others.map((other) => [other.name, other])));
}
