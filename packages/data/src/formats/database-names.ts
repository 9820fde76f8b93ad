/** What help calls the databases that `@lrfind/data/node` reads, in a module that runs anywhere. */
export const databaseNames = { sqlite: 'SQLite', duckdb: 'DuckDB' } as const;
