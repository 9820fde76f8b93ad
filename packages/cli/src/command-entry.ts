import type { FlagGroups } from './shared/flags.js';

export type Flags = Readonly<Record<string, unknown>>;

/** The flags of a command, and the help after them. */
export interface CommandOptions {
  readonly flags: FlagGroups;
  readonly help?: string;
}

/** A command: its name and arguments, its help, and the function that runs it. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  /** Its flags, and the help after them. Loaded for the command that is called, because those of some commands need TensorFlow.js. */
  readonly options: () => Promise<CommandOptions>;
  readonly argument?: readonly [name: string, description: string];
  /** Whether its argument is another program, whose flags are its own. */
  readonly passesArguments?: boolean;
  /** Runs it; a number that it gives is the exit code. The module is loaded when the command is called, to keep help and short commands fast. */
  readonly run: (flags: Flags, argument: never) => Promise<unknown>;
  readonly commands?: readonly CommandEntry[];
  /** Whether a configuration may hold its options. */
  readonly isConfigurable?: boolean;
}
