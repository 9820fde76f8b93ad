import { shownValue } from './errors.js';

/** The parts of a schema that limit a value. */
export interface Limits {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly object[];
  /** The allowed values in words, when the other parts do not express them. */
  readonly allowed?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: object;
}

/** The values that a schema allows, in words: `a whole number at least 2`. */
export function allowed(schema: object): string {
  const { type, allowed: own, enum: words, items, anyOf, ...limits } = schema as Limits;
  if (own) return own;
  if (words) return `one of ${words.join(', ')}`;
  if (anyOf) return anyOf.map(allowed).join(' or ');
  if (limits.const !== undefined) return shownValue(limits.const);
  if (type === 'array') return items && Object.keys(items).length > 0 ? `a list, each ${allowed(items)}` : 'a list';
  if (type === 'object') return 'an object';
  if (type === 'null') return 'null';
  if (type === undefined) return 'any value';
  if (type !== 'number' && type !== 'integer') return type === 'boolean' ? 'true or false' : 'text';
  const bounds = [
    limits.minimum !== undefined && `at least ${limits.minimum}`,
    limits.exclusiveMinimum !== undefined && `above ${limits.exclusiveMinimum}`,
    limits.maximum !== undefined && `at most ${limits.maximum}`,
    limits.exclusiveMaximum !== undefined && `below ${limits.exclusiveMaximum}`,
  ].filter(Boolean);
  const noun = type === 'integer' ? 'a whole number' : 'a number';
  return bounds.length ? `${noun} ${bounds.join(' and ')}` : noun;
}
