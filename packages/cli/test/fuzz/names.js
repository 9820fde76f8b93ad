/** The readers, each of one kind of document. */
export const readerNames = ['models', 'tables', 'results', 'journals', 'schedules'];
