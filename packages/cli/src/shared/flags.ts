import { InputError } from '@lrfind/core';
import type { TObject, TSchema } from 'typebox';

/** The parts of an option's schema that its flag is made of. */
export interface FlagSchema {
  /** An object holds numbers by name; its flag takes `name:number`, again and again or with commas. */
  type?: 'number' | 'integer' | 'string' | 'boolean' | 'array' | 'object';
  items?: TSchema;
  default?: unknown;
  description?: string;
  enum?: string[];
  /** Words that a value may begin with, for completion, where there are others too. */
  examples?: string[];
  /** Name of the value in help, such as `path`. */
  placeholder?: string;
  /** The option's name for one value, where its own is a plural: `group` for `--group`. */
  flag?: string;
  /** Whether the flag may stand without a value, which means true. */
  optionalValue?: boolean;
  /** The short form, one letter. */
  short?: string;
  /** For a flag that is on by default: what `--no-…` does. */
  off?: string;
  /** What `--no-…` does beside the flag itself, of an option that is on by default in some cases and off in others. */
  negation?: string;
  /** Of a required option: what to do where one has nothing to give, for the message. */
  without?: string;
  /** A name that the option had before. It is refused with the present one, which a similar name could hide. */
  formerly?: string;
}

/** The flags of a command, by heading of the help. */
export type FlagGroups = readonly (readonly [heading: string, schema: TObject])[];

/** The flag of an option: `startLr` is `--start-lr`. Digits stay where they are: `--beta1`. */
export function flagName(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}

/** The flag of a declared option. */
export function flagOf(name: string, option: FlagSchema): string {
  return flagName(option.flag ?? name);
}

function valueName(option: FlagSchema): string {
  const { type, placeholder, optionalValue, enum: words } = option;
  if (optionalValue) return ` [${placeholder}]`;
  if (type === 'boolean') return '';
  if (type === 'array') return ` <${placeholder ?? 'names'}>`;
  return ` <${placeholder ?? (words && words.length <= 4 ? words.join('|') : type === 'string' ? 'name' : 'number')}>`;
}

/** A flag as help shows it, with its short form and its value: `-m, --model <path>`. */
export function flagTerm(name: string, option: FlagSchema): string {
  const { short, off } = option;
  const own = flagOf(name, option);
  return `${short ? `-${short}, ` : ''}${off === undefined ? own : own.replace('--', '--no-')}${valueName(option)}`;
}

/** What help says of a flag: its description, and its default or that it is required. */
export function flagText(name: string, option: FlagSchema, schema: TObject): string {
  const { description = '', off, default: value } = option;
  if (off !== undefined) return off;
  if (schema.required?.includes(name) && value === undefined) return `${description} (required)`;
  const unsaid = value === undefined || typeof value === 'boolean' || (Array.isArray(value) && value.length === 0);
  return unsaid ? description : `${description} (default: ${String(value)})`;
}

/** Runs a check, and names the flag in the message of an `InputError`: `chart must be …` becomes `--chart must be …`. */
export function named<Result>(flag: string, check: () => Result): Result {
  const text = (message: string) => (`--${message}`.startsWith(`${flag} `) ? `--${message}` : `${flag}: ${message}`);
  const withName = (error: unknown) => (error instanceof InputError ? new InputError(text(error.message)) : error);
  try {
    const result = check();
    if (!(result instanceof Promise)) return result;
    return result.catch((error) => {
      throw withName(error);
    }) as Result;
  } catch (error) {
    throw withName(error);
  }
}
