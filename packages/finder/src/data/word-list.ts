/** `"age"`, `"age" and "size"`, `"a", "b", "c" and 4 more`: names for a message, the first few of many. */
export function quotedList(names: readonly string[], most = 6): string {
  return wordList(
    names.map((name) => `"${name}"`),
    most,
  );
}

/** `a`, `a and b`, `a, b, c and 4 more`: words for a message, the first few of many. */
export function wordList(words: readonly string[], most = 6): string {
  if (words.length <= 1) return words.join('');
  const shown = words.length <= most ? words.slice(0, -1) : words.slice(0, most - 1);
  const last = words.length <= most ? words.at(-1) : `${words.length - shown.length} more`;
  return `${shown.join(', ')} and ${last}`;
}

/** `1 row`, `3 rows`: a count and its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
