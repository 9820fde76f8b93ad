import type { Result } from '@lrfind/core/results';

/** Letters of scripts that are written from right to left, and the marks that change the direction of a text. */
const DIRECTED = /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Adlam}]|\p{Bidi_Control}/u;

/** First strong isolate, and its end: what is between has a direction of its own. */
const [ISOLATE, END] = ['\u2068', '\u2069'];

/**
 * A name as a part of a sentence: set apart where it is written from right to left, so that the facts around it keep their
 * order, and without marks of direction, which would turn them round.
 */
export function readableName(name: string): string {
  if (!DIRECTED.test(name)) return name;
  const plain = name.replace(/\p{Bidi_Control}/gu, '');
  return DIRECTED.test(plain) ? `${ISOLATE}${plain}${END}` : plain;
}

/**
 * A result in which each name of a model, trial or group is as `readableName` gives it, also within sentences. A result that has
 * only names from left to right is returned as it is.
 */
export function withReadableNames<Some extends Result>(result: Some): Some {
  const readable = new Map(
    namesOf(result).flatMap((name) => (DIRECTED.test(name) ? [[name, readableName(name)]] : [])),
  );
  if (readable.size === 0) return result;
  const longestFirst = [...readable.keys()].sort((a, b) => b.length - a.length);
  const anyName = new RegExp(longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g');
  const named = (text: string) => text.replace(anyName, (name) => readable.get(name) as string);
  const mapped = (value: unknown): unknown => {
    if (typeof value === 'string') return named(value);
    if (Array.isArray(value)) return value.map(mapped);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each)]));
  };
  return mapped(result) as Some;
}

function namesOf(result: Result): string[] {
  switch (result.format) {
    case 'lrfind-comparison':
      return result.trials.flatMap(({ name, model }) => [name, model]);
    case 'lrfind-sweep':
      return [result.setup.model, ...(result.groups ?? []).map(({ name }) => name)];
    case 'lrfind-training':
      return [result.setup.model];
  }
}
