import { InputError } from '@lrfind/core';
import type { OutputOptions } from '../shared/outputs/options.js';
import { type LivePage, livePage } from './live-page.js';

/**
 * The page of a command that was called with `--open`; undefined where it was not. It can be reached from the start, and is opened
 * by `open`, once nothing is left that the caller could correct.
 *
 * @param title what the command does
 * @param inputs its model and its table
 * @throws InputError for a port that cannot be used, or that belongs to no page
 */
export async function openedPage(
  { open, port }: Pick<OutputOptions, 'open' | 'port'>,
  title: string,
  inputs: readonly string[],
): Promise<LivePage | undefined> {
  if (!open && port !== undefined) throw new InputError(`--port must be left out without --open; got ${port}`);
  if (!open) return undefined;
  return livePage({ title, subtitle: inputs.join(' · '), panels: [] }, port ?? 0);
}

/** Calls each of the functions that there are, with the same argument; undefined where there is none. */
export function all<Event>(...calls: (((event: Event) => void) | undefined)[]): ((event: Event) => void) | undefined {
  const given = calls.filter((call) => call !== undefined);
  if (given.length < 2) return given[0];
  return (event) => {
    for (const call of given) call(event);
  };
}
