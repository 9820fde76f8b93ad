/** The names that pandas gives to an index without a name. */
const unnamed = /^__index_level_\d+__$/;

/**
 * Which columns are the index that pandas stores as a column without a name: it numbers the rows, and is left out.
 *
 * @param names of all columns
 * @param metadata what pandas wrote about the table, if it did
 */
export function pandasIndex(
  names: readonly string[],
  metadata: string | undefined | null,
): { isLeft: (name: string) => boolean; notes: string[] } {
  const left = metadata ? names.filter((name) => unnamed.test(name)) : [];
  return {
    isLeft: (name) => left.includes(name),
    notes: left.map((name) => `left out "${name}", the index that pandas wrote`),
  };
}
