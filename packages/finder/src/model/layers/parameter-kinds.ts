import { MAX_FLOAT32 } from '@lrfind/core';
import type { TSchema } from 'typebox';
import * as Type from 'typebox';

/** A number that float32 holds. */
export const number = Type.Number({ minimum: -MAX_FLOAT32, maximum: MAX_FLOAT32, allowed: 'a number within float32' });
/** A number at least 0. */
export const notNegative = Type.Number({ minimum: 0, maximum: MAX_FLOAT32, allowed: 'a number at least 0' });
/** A number above 0. */
export const positive = Type.Number({ exclusiveMinimum: 0, maximum: MAX_FLOAT32, allowed: 'a number above 0' });
/** A number from 0 to 1. */
export const share = Type.Number({ minimum: 0, maximum: 1 });
/** The share of values that dropout sets to 0; all of them would leave nothing. */
export const dropped = Type.Number({ minimum: 0, exclusiveMaximum: 1 });
/** `true` or `false`. */
export const flag = Type.Boolean();
/** Any text. */
export const text = Type.String();
/** A whole number at least 1: units, filters, sizes. */
export const count = Type.Integer({ minimum: 1 });
/** A whole number at least 0. */
export const countOrNone = Type.Integer({ minimum: 0 });
/** A whole number. */
export const whole = Type.Integer();
/** One whole number or a list of them. */
export const wholes = oneOrMore(whole, 'a whole number or a list of them');
/** One count for all axes, or one for each. */
export const counts = oneOrMore(count, 'a whole number at least 1, or a list of them');
/** One length, or a list in which open lengths are null. */
export const lengths = oneOrMore(Type.Union([count, Type.Null()]), 'a whole number at least 1, or a list of them');
/** One number, or a list of them. */
export const numbers = oneOrMore(number, 'a number or a list of them');
/** What zero padding and cropping take: a number, one for each axis, or two for each axis. */
export const margins = oneOrMore(
  Type.Union([countOrNone, Type.Array(countOrNone, { minItems: 2, maxItems: 2 })]),
  'a whole number at least 0, or a list of them or of pairs',
);
/** The shape of a batch: the number of rows is null, an open length too. */
export const batchShape = Type.Array(Type.Union([count, Type.Null()]), {
  minItems: 1,
  allowed: 'a list, each null or a whole number at least 1',
});
/** The shape of a row without its batch; an open length is null. */
export const rowShape = Type.Array(Type.Union([count, Type.Null()]), {
  allowed: 'a list, each null or a whole number at least 1',
});
/** The shape that a layer gives to a row; −1 or null where it follows from the rest. */
export const targetShape = Type.Array(Type.Union([Type.Literal(-1), count, Type.Null()]), {
  allowed: 'a list, each −1 or a whole number at least 1',
});

/** One of a few words, in Keras's spelling; TensorFlow.js's is allowed too. */
export function word(...words: readonly string[]): TSchema {
  const both = words.flatMap((each) => [each, each.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]);
  return Type.String({ enum: [...new Set(both)], allowed: `one of ${words.join(', ')}` });
}

function oneOrMore(schema: TSchema, allowed: string): TSchema {
  return Type.Union([schema, Type.Array(schema, { minItems: 1 })], { allowed });
}

/** A number, or lists of them to any depth. */
export const nested = Type.Union([number, Type.Array(number), Type.Array(Type.Array(number))], {
  allowed: 'a number or a list of them',
});
/** A list of words. */
export const texts = Type.Array(text, { allowed: 'a list of words' });
