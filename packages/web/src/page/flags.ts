import type { CommandName, Flags, Given } from '../protocol.js';
import { fieldsOf } from './fields.js';

/**
 * What is set in the form, as the command line collects it: the texts of lists in a list, and `true` and `false` of a flag that may
 * stand without a value as such.
 */
export function flagsOf(command: CommandName, given: Given): Flags {
  const lists = fieldsOf(command).flatMap(({ name, list }) => (list ? [name] : []));
  const set = Object.entries(given).map(([name, value]): [string, unknown] => {
    if (typeof value === 'boolean') return [name, value];
    if (lists.includes(name)) return [name, [value]];
    return [name, value === 'true' ? true : value === 'false' ? false : value];
  });
  return Object.fromEntries(set);
}
