/**
 * Content of an element whose text is not HTML or was made as markup here: a drawing, the style, the script. All else goes through the
 * renderer, which escapes it.
 */
export function raw(text: string) {
  return { dangerouslySetInnerHTML: { __html: text } };
}

/** A value as JSON inside a script element, which must not hold what would end the element. */
export function rawJson(value: unknown) {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
