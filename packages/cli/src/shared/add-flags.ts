import { InputError } from '@lrfind/core';
import { type Command, Option } from 'commander';
import { type FlagGroups, type FlagSchema, flagName, flagOf, flagTerm, flagText } from './flags.js';

/** Adds a flag for every option: with its description, default and allowed values, under the heading of its group. */
export function addFlags(command: Command, groups: FlagGroups): void {
  for (const [heading, schema] of groups) {
    for (const [name, option] of Object.entries(schema.properties)) {
      const { type, formerly, negation } = option as FlagSchema;
      const own = flagOf(name, option);
      const flag = new Option(flagTerm(name, option), flagText(name, option, schema));
      // Lists are split later, when the flag's name is known for messages.
      if (type === 'array' || type === 'object')
        flag.argParser((text: string, before: string[] = []) => [...before, text]);
      command.addOption(flag.helpGroup(heading));
      // After the flag itself, so that none of the two is on where neither is given.
      if (negation) command.addOption(new Option(own.replace('--', '--no-'), negation).helpGroup(heading));
      if (formerly) command.addOption(renamed(flagName(formerly), own));
    }
  }
}

/** A flag that is refused with its present name. */
function renamed(before: string, now: string): Option {
  const refuse = () => {
    throw new InputError(`${before} is called ${now} now`);
  };
  return new Option(`${before} <value>`).hideHelp().argParser(refuse);
}

/**
 * Refuses arguments that belong to no flag. The usual reason is a list with spaces, so the message says how to write one.
 *
 * @param own how many arguments the command itself takes
 */
export function refuseArguments(command: Command, own: number): void {
  command.allowExcessArguments().hook('preAction', (_, called) => {
    const stray = called.args[own];
    if (called !== command || stray === undefined) return;
    throw new InputError(
      `every argument must belong to an option; got ${stray}. Write lists with commas: --lr 0.1,0.01`,
    );
  });
}
