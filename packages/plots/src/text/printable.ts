/** What neither XML nor HTML allows, even escaped: control characters, and halves of surrogate pairs. A name may hold them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;

/** A document with a replacement character for each that documents must not have. */
export function printable(document: string): string {
  return document.replace(FORBIDDEN, '\ufffd');
}
