import { InputError } from '../../errors.js';

/** A part of the text form; `at` is the position of its first character. */
export type Node =
  | { readonly at: number; readonly kind: 'number'; readonly value: number }
  | { readonly at: number; readonly kind: 'word'; readonly value: string }
  | { readonly at: number; readonly kind: 'list'; readonly items: readonly Node[] }
  | CallNode;

/** A name with arguments in parentheses. */
export interface CallNode {
  readonly at: number;
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** An argument of a call; it may have a name. */
export interface Argument {
  readonly at: number;
  readonly name?: string;
  readonly value: Node;
}

/** Nesting beyond this depth is refused, because it could overflow the stack. */
const MAX_DEPTH = 100;

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Parses a text form into its parts: numbers, words, lists in brackets, and calls with arguments in parentheses.
 *
 * @throws InputError with the text and a mark under the position of the mistake
 */
export function readText(text: string): Node {
  let next = 0;
  let depth = 0;
  const peek = () => {
    while (/\s/.test(text[next] ?? '')) next++;
    return text[next];
  };
  const fail = (wanted: string): never => {
    const got = peek();
    throw misplaced(text, next, `${wanted}; ${got === undefined ? 'the text ends' : `got ${got}`}`);
  };
  const expect = (mark: string, wanted: string) => {
    if (peek() !== mark) fail(wanted);
    next++;
  };

  /** Takes everything up to a space or punctuation, so that `1-sqrt` is a word and `1e-3` a number. */
  const token = (wanted: string) => {
    peek();
    const at = next;
    while (next < text.length && !/[\s,()[\]=]/.test(text[next] as string)) next++;
    if (next === at) fail(wanted);
    return { at, token: text.slice(at, next) };
  };

  function sequence<Item>(closing: string, item: () => Item): Item[] {
    const items: Item[] = [];
    depth++;
    if (depth > MAX_DEPTH)
      throw misplaced(text, next - 1, `lists and schedules are nested more than ${MAX_DEPTH} deep`);
    while (peek() !== closing) {
      if (items.length > 0) expect(',', `expected a comma or ${closing}`);
      items.push(item());
    }
    next++;
    depth--;
    return items;
  }

  function value(): Node {
    if (peek() === '[') {
      const at = next++;
      return { at, kind: 'list', items: sequence(']', value) };
    }
    const { at, token: word } = token('expected a number, a name or a list');
    if (peek() === '(') {
      next++;
      return { at, kind: 'call', name: word, arguments: sequence(')', argument) };
    }
    return numeral.test(word) ? { at, kind: 'number', value: Number(word) } : { at, kind: 'word', value: word };
  }

  function argument(): Argument {
    const first = value();
    if (peek() !== '=') return { at: first.at, value: first };
    if (first.kind !== 'word') throw misplaced(text, first.at, 'expected the name of a parameter before =');
    next++;
    return { at: first.at, name: first.value, value: value() };
  }

  const whole = value();
  if (peek() !== undefined) fail('expected the end');
  return whole;
}

/** Characters of a long text to show on either side of a position. */
const CONTEXT_CHARACTERS = 80;

/**
 * The error about a position in a text: the message, the text, and a mark under the position.
 *
 * @param text the whole text
 * @param at index of the character
 * @param message what is wrong there
 */
export function misplaced(text: string, at: number, message: string): InputError {
  const from = text.length > 2 * CONTEXT_CHARACTERS ? Math.max(0, at - CONTEXT_CHARACTERS) : 0;
  const to = text.length > 2 * CONTEXT_CHARACTERS ? at + CONTEXT_CHARACTERS : text.length;
  // Shows white space as spaces, so that text and mark take one line each.
  const shown = `${from > 0 ? '…' : ''}${text.slice(from, to).replace(/\s/g, ' ')}${to < text.length ? '…' : ''}`;
  return new InputError(`${message}\n  ${shown}\n  ${' '.repeat(at - from + (from > 0 ? 1 : 0))}^`);
}
