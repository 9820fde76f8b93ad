import Type from 'typebox';
import { describe, expect, test } from 'vitest';
import { InputError, shownValue } from '../src/errors.js';
import { parseJson } from '../src/json.js';
import { checkDocument, closed } from '../src/options.js';
import { messageOf } from './message-of.js';

const Inner = Type.Object({ size: Type.Integer({ minimum: 1 }), kind: Type.Literal('a') }, closed);
const Schema = Type.Object({
  list: Type.Array(Type.Number()),
  either: Type.Union([Inner, Type.Null()]),
  'with/slash': Type.Optional(Type.Boolean()),
});

describe('a document that its schema refuses: the place, what is allowed, and the value', () => {
  const good = { list: [1], either: null };
  test.each<[unknown, string]>([
    [5, '/ must be an object; got 5'],
    [null, '/ must be an object; got null'],
    [{ either: null }, '/ must have list: a list, each a number'],
    [{ ...good, list: {} }, '/list must be a list, each a number; got {}'],
    [{ ...good, list: [1, 'x', 'y'] }, '/list/1 must be a number; got "x"'],
    [{ ...good, list: [Number.POSITIVE_INFINITY] }, '/list/0 must be a number; got Infinity'],
    [{ ...good, either: 7 }, '/either must be an object or null; got 7'],
    [{ ...good, either: { size: 0, kind: 'a' } }, '/either/size must be a whole number at least 1; got 0'],
    [{ ...good, either: { size: 1, kind: 'b' } }, '/either/kind must be "a"; got "b"'],
    [{ ...good, either: { size: 1, kind: 'a', sise: 2 } }, '/either must not have "sise"; did you mean size?'],
    [{ ...good, 'with/slash': 1 }, '/with~1slash must be true or false; got 1'],
  ])('%j', (value, message) => {
    expect(messageOf(() => checkDocument(Schema, value, 'x.json'))).toBe(`x.json: ${message}`);
  });

  test('the place is within the whole document', () => {
    expect(messageOf(() => checkDocument(Schema, { ...good, list: 1 }, 'x.json', '/part'))).toMatch(
      /^x\.json: \/part\/list must/,
    );
    expect(messageOf(() => checkDocument(Schema, 1, 'x.json', '/part'))).toBe('x.json: /part must be an object; got 1');
  });

  test('what fits passes', () => {
    checkDocument(Schema, { ...good, either: { size: 2, kind: 'a' }, other: 1 }, 'x.json');
  });
});

describe('JSON text', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  test.each([201, 100_000, 3_000_000])('nested %d deep is refused', (depth) => {
    expect(messageOf(() => parseJson(nested(depth), 'x.json'))).toBe(
      'x.json must have lists and objects at most 200 deep; got more',
    );
  });

  test('nested 200 deep is read, and so is anything else that is JSON', () => {
    expect(JSON.stringify(parseJson(nested(200), 'x.json'))).toBe(nested(200));
    for (const text of ['1', 'null', '"a"', '{"a":[1,{"b":null}]}'])
      expect(parseJson(text, 'x.json')).toEqual(JSON.parse(text));
  });

  test('that is not JSON is an InputError with the name', () => {
    expect(() => parseJson('{"a":', 'x.json')).toThrow(InputError);
    expect(messageOf(() => parseJson('NaN', 'x.json'))).toMatch(/^x\.json is not JSON: /);
  });
});

test('a long value is cut in messages', () => {
  expect(shownValue('a'.repeat(1000))).toBe(`"${'a'.repeat(199)}…`);
});
