/** The readers, each of one kind of document. */
export const readerNames = ['models', 'keras', 'weights', 'tables', 'formats', 'results', 'journals', 'schedules'];
