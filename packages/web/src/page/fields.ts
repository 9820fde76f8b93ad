import type { CommandName, FieldGroup } from '../protocol.js';

/** As JSON; the build puts it here. */
declare const FIELDS: string;

/** The fields of each command. */
export const fields: Readonly<Record<CommandName, readonly FieldGroup[]>> = JSON.parse(FIELDS);

/** All fields of a command. */
export function fieldsOf(command: CommandName) {
  return fields[command].flatMap((group) => group.fields);
}
