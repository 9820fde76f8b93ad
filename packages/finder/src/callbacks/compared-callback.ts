import { countText, InputError, isObject, notAllowed, notOneOf } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { CallbackConfig } from '@lrfind/core/study';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { TObject } from 'typebox';
import { parseCallback } from './parse-callback.js';
import { type CallbackKind, type CallbackText, type ComparedCallback, callbackKinds } from './registry.js';

/**
 * A callback of a trial: its text (`reduce-lr-on-plateau(patience=3)`), an object with its name and options
 * (`{ name: 'reduceLROnPlateau', patience: 3 }`), or one of lrfind's callbacks, of which each training gets a new one.
 */
export type TrialCallback = string | CallbackConfig | Callback;

/** A kind of callback that may be part of a trial. */
type ComparedKind = CallbackKind & { readonly text: CallbackText; readonly compared: ComparedCallback };

const comparedKinds = callbackKinds.filter(
  (kind): kind is ComparedKind => typeof kind.compared !== 'string' && kind.text !== undefined,
);

/**
 * A callback of a trial as JSON: its name, and the options that differ from their defaults.
 *
 * @param spec what the caller gives
 * @param what messages call it, such as `trials[0].callbacks[1]`
 * @throws InputError for what is no callback of lrfind's, an option that is unknown or out of range, and a callback that has no
 *   place in a comparison
 */
export function comparedCallback(spec: TrialCallback, what: string): CallbackConfig {
  const { name, ...options } = configOf(spec, what);
  const known = callbackKinds.find((kind) => kind.name === name);
  if (typeof known?.compared === 'string')
    throw new InputError(`${what} must be left out of a comparison; got ${known.name}: ${known.compared}`);
  const kind = comparedKindNamed(name, what);
  const { verbose } = options as { readonly verbose?: boolean };
  if (verbose)
    throw new InputError(`${what}: verbose must be false in a comparison, whose trainings are many; got ${verbose}`);
  const given = Object.entries(kind.text.parameters.properties).flatMap(([option, schema]) => {
    const { default: standard } = schema as { readonly default?: unknown };
    const value = options[option];
    return value === undefined || value === standard ? [] : [[option, value] as const];
  });
  const config = { name, ...Object.fromEntries(given) };
  // A callback of another copy of lrfind may have other options.
  named(what, () => makeCallback(config));
  return config;
}

/** Makes the callback that {@link comparedCallback} describes. */
export function makeCallback({ name, ...options }: CallbackConfig): Callback {
  return comparedKindNamed(name, 'callback').text.make(options);
}

/** What a comparison must know of a callback. */
export function comparedAs({ name }: CallbackConfig): ComparedCallback {
  return comparedKindNamed(name, 'callback').compared;
}

/**
 * Which callbacks need more steps than the training has, in sentences without their full stop.
 *
 * @param callbacks what each is and does; those of other kinds are none of them
 * @param length steps of the training
 */
export function unfinishedNotes(callbacks: readonly CallbackConfig[], length: number): string[] {
  return callbacks.flatMap(({ name, ...options }) => {
    const kind = comparedKinds.find((each) => each.name === name);
    const needed = kind?.compared.steps?.(options) ?? 0;
    if (needed < length) return [];
    return [
      `${kind?.text.name}(${needed}) is not over when the training ends: its ${countText(length)} steps do not reach the full rate`,
    ];
  });
}

/**
 * Refuses callbacks that set the learning rate beside a schedule that does.
 *
 * @param callbacks what each is and does; those of other kinds are none of them
 * @param rate the schedule as text
 * @throws InputError naming the callback
 */
export function refuseBesideSchedule(callbacks: readonly CallbackConfig[], rate: string): void {
  const setter = comparedKinds.find(
    (kind) => kind.compared.setsRate && callbacks.some(({ name }) => name === kind.name),
  );
  if (setter)
    throw new InputError(
      `${setter.text.name} sets the learning rate, so that of the training must be a number or find; got ${rate}`,
    );
}

/** The text form of a callback, from which `parseCallback` makes an equal one: `reduce-lr-on-plateau(patience=3)`. */
export function callbackText({ name, ...options }: CallbackConfig): string {
  const form = comparedKindNamed(name, 'callback').text.name;
  const given = Object.entries(options).map(([option, value]) => `${option}=${value}`);
  return given.length > 0 ? `${form}(${given.join(', ')})` : form;
}

function comparedKindNamed(name: string, what: string): ComparedKind {
  const found = comparedKinds.find((kind) => kind.name === name);
  if (found) return found;
  throw notOneOf(
    what,
    comparedKinds.map((kind) => kind.name),
    name,
  );
}

/** The name and every option of a callback. */
function configOf(spec: unknown, what: string): CallbackConfig {
  if (typeof spec === 'string') return configIn(named(what, () => parseCallback(spec))) as CallbackConfig;
  const config = configIn(spec);
  if (config) return config;
  if (!isObject(spec) || typeof spec.name !== 'string') {
    const wanted =
      'a text such as "reduce-lr-on-plateau(patience=3)", an object such as { name: "reduceLROnPlateau", patience: 3 }, or a callback of lrfind';
    if (!isObject(spec)) throw notAllowed(what, wanted, spec);
    throw new InputError(
      `${what} must be ${wanted}; got another object: each seed needs a new callback, which lrfind can make of its own alone`,
    );
  }
  const { name, ...options } = spec as CallbackConfig;
  const kind = callbackKinds.find((each) => each.name === name || each.text?.name === name);
  if (!kind?.text) return { name };
  const { make, parameters } = kind.text;
  return configIn(named(what, () => make(resolveGiven(parameters, options)))) as CallbackConfig;
}

/** Checks options, and leaves out those that were not given: a callback may not have some of them together. */
function resolveGiven(parameters: TObject, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  resolveOptions(parameters, options);
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** What one of lrfind's callbacks is and does. */
function configIn(callback: unknown): CallbackConfig | undefined {
  const { config } = (callback ?? {}) as { readonly config?: CallbackConfig };
  return isObject(config) && typeof config.name === 'string' ? config : undefined;
}

/** Puts the place in front of the message of an `InputError`. */
function named<Result>(what: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${what}: ${error.message}`) : error;
  }
}
