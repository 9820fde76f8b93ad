import { checkDocument, closed } from '@lrfind/core/options';
import type { TProperties } from 'typebox';
import * as Type from 'typebox';

/** A whole number of steps or epochs. */
export const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What `jsonNumber` makes of a number; null for none. */
export const numberOrText = Type.Union([
  Type.Number(),
  ...['NaN', 'Infinity', '-Infinity'].map((text) => Type.Literal(text)),
  Type.Null(),
]);

/** What `weightsToText` makes of weights; null for none. */
export const weightTexts = Type.Union([Type.Array(Type.String()), Type.Null()]);

/**
 * A function that checks the state of a callback, which may come from a file.
 *
 * @param callback its name, for messages
 * @param fields every field of the state
 * @returns the state as it was given; throws InputError with the place of the first mistake
 */
export function stateCheck<State>(callback: string, fields: TProperties): (state: State) => State {
  const schema = Type.Object(fields, closed);
  return (state) => {
    checkDocument(schema, state, `the state of ${callback}`);
    return state;
  };
}
