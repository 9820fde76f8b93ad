/** A value of Python as `repr` writes it: a tuple or a list becomes an array, a dictionary a map. */
export type PythonValue = string | number | boolean | null | PythonValue[] | Map<string, PythonValue>;

/** Nesting beyond this depth is no header. */
const MAX_DEPTH = 20;

const token = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)L?|(True|False|None)|([()[\]{},:]))/y;

/**
 * Reads a literal of Python.
 *
 * @returns undefined for anything else
 */
export function parsePython(text: string): PythonValue | undefined {
  let at = 0;
  const next = (): RegExpExecArray => {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) throw new SyntaxError();
    at = token.lastIndex;
    return found;
  };
  const peek = (): string => /\S/.exec(text.slice(at))?.[0] ?? '';
  const list = (close: string, depth: number): PythonValue[] => {
    const items: PythonValue[] = [];
    while (peek() !== close) {
      items.push(value(depth));
      if (peek() === ',') next();
      else if (peek() !== close) throw new SyntaxError();
    }
    next();
    return items;
  };
  const value = (depth: number): PythonValue => {
    if (depth > MAX_DEPTH) throw new SyntaxError();
    const [, single, double, number, word, mark] = next();
    const quoted = single ?? double;
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, '$1');
    if (number !== undefined) return Number(number);
    if (word !== undefined) return word === 'None' ? null : word === 'True';
    if (mark === '(') return list(')', depth + 1);
    if (mark === '[') return list(']', depth + 1);
    if (mark !== '{') throw new SyntaxError();
    const map = new Map<string, PythonValue>();
    while (peek() !== '}') {
      const key = value(depth + 1);
      if (typeof key !== 'string' || next()[5] !== ':') throw new SyntaxError();
      map.set(key, value(depth + 1));
      if (peek() === ',') next();
      else if (peek() !== '}') throw new SyntaxError();
    }
    next();
    return map;
  };
  try {
    const read = value(0);
    return text.slice(at).trim() === '' ? read : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
