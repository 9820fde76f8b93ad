import { InputError, wordList } from '@lrfind/core';

/**
 * The table that is read where no query says which.
 *
 * @param path of the database
 * @throws InputError when the database has none or several
 */
export function onlyTable(path: string, tables: readonly string[]): string {
  const [only] = tables;
  if (tables.length === 1 && only !== undefined) return only;
  if (only === undefined) throw new InputError(`${path} must have a table; got none`);
  throw new InputError(
    `${path} has ${tables.length} tables, ${wordList(tables)}: name one with --query "select * from ${only}"`,
  );
}

/** What is to know about the answer of a query. */
export function queryNotes(query: string | undefined): string[] {
  if (query === undefined) return [];
  const ordered = /\border\s+by\b/i.test(query);
  return [
    `rows of the query: ${query.trim().replaceAll(/\s+/g, ' ')}`,
    ...(ordered
      ? []
      : [
          'the query has no ORDER BY: its rows may come in another order each time, and train and validation rows with them',
        ]),
  ];
}
