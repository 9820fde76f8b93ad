import { InputError } from '@lrfind/core';
import type { Command, CommanderError } from 'commander';

/** Makes a command throw an `InputError` in the words of all others where it is called in a way that it cannot be. */
export function refuseMisuse(command: Command): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : new InputError(`${reason(error, command)}\n${helpHint(names(command))}`);
  });
}

/** The line that leads to the help of a command. */
export function helpHint(path: readonly string[]): string {
  return `Run ${path.join(' ')} --help for ${path.length > 1 ? 'its options' : 'help'}.`;
}

/** Commander's message in words of ours; one that is not known here stays, without its prefix. */
function reason({ code, message }: CommanderError, command: Command): string {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  const meant = /\(Did you mean (.*?)\?\)/.exec(message)?.[1];
  if (code === 'commander.unknownOption') return `unknown option ${quoted}${meant ? `; did you mean ${meant}?` : ''}`;
  if (code === 'commander.optionMissingArgument') return `${quoted} must have a value; got none`;
  if (code === 'commander.missingArgument') {
    const argument = command.registeredArguments.find((each) => each.name() === quoted);
    return `<${quoted}> must be given: ${argument?.description}`;
  }
  return message.replace(/^error: /, '');
}

/** The words that call a command: `lrfind backend install`. */
function names(command: Command): string[] {
  return command.parent ? [...names(command.parent), command.name()] : [command.name()];
}
