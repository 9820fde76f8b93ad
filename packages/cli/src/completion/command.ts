import tab from '@bomb.sh/tab';
import { notOneOf } from '@lrfind/core';
import { shells } from './options.js';

/**
 * `lrfind completion`: prints the script of a shell, which asks `lrfind complete` for what may follow.
 *
 * @throws InputError for another shell
 */
export function completion(shell: string): void {
  if (!(shells as readonly string[]).includes(shell)) throw notOneOf('<shell>', shells, shell);
  tab.setup('lrfind', 'lrfind', shell);
}
