import type { TableFormat } from '../format.js';
import { firstZipPath } from '../zip/first-zip-path.js';

/**
 * A workbook of Excel: the first sheet, or the one of the option `sheet`. Its first row holds the names of the columns. A
 * formula counts as the value that was computed last; a date as its text.
 *
 * Reading throws InputError naming the file, sheet and cell, for an error such as `#DIV/0!` in the place of a value, an
 * unknown sheet, and a file that is damaged.
 */
export const xlsxFormat: TableFormat = {
  name: 'Excel',
  extensions: ['.xlsx', '.xlsm'],
  options: ['sheet'],
  matches: (head) => /^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/.test(firstZipPath(head)),
  read: async (...given) => (await import('../readers.js')).readXlsx(...given),
};
