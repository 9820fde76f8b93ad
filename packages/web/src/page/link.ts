import type { CommandName, Given } from '../protocol.js';

/** What a link repeats: never data, only what was chosen. */
export interface Linked {
  readonly command: CommandName;
  readonly given: Given;
  /** Whether the built-in example is shown. */
  readonly example: boolean;
}

const commands: readonly CommandName[] = ['find', 'train', 'compare'];

/** The hash of an address that repeats what was chosen: the options by their names, as `#find?target=price&batchSize=64`. */
export function hashOf({ command, given, example }: Linked): string {
  const options = new URLSearchParams();
  if (example) options.set('example', 'digits');
  for (const [name, value] of Object.entries(given)) options.set(name, String(value));
  const text = options.toString();
  return `#${command}${text === '' ? '' : `?${text}`}`;
}

/**
 * What the hash of an address says.
 *
 * @param switches names of the options that are on or off
 */
export function linkedBy(hash: string, switches: (command: CommandName) => readonly string[]): Linked {
  const [name = '', query = ''] = hash.replace(/^#/, '').split('?');
  const command = commands.find((each) => each === name) ?? 'find';
  const options = new URLSearchParams(query);
  const example = options.get('example') === 'digits';
  options.delete('example');
  const isSwitch = new Set(switches(command));
  const given = Object.fromEntries(
    [...options].map(([option, value]) => [option, isSwitch.has(option) ? value === 'true' : value]),
  );
  return { command, given, example };
}
