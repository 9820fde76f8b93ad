import type { ComponentChildren } from 'preact';

/** The level of a heading: a page of one result needs one level less than a page of several. */
export type Level = 2 | 3;

/** A heading. */
export function Heading({ level, id, children }: { level: Level; id?: string; children: ComponentChildren }) {
  const Name = `h${level}` as const;
  return <Name id={id}>{children}</Name>;
}

/** What few readers need, folded under its heading. It is printed where the reader opened it. */
export function Folded({ title, level, children }: { title: string; level: Level; children: ComponentChildren }) {
  return (
    <details>
      <summary>
        <Heading level={level}>{title}</Heading>
      </summary>
      {children}
    </details>
  );
}

/** Sentences as a list under a heading; nothing where there are none. */
export function Sentences({ title, sentences, level }: { title: string; sentences: readonly string[]; level: Level }) {
  if (sentences.length === 0) return null;
  return (
    <>
      <Heading level={level}>{title}</Heading>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
}

/** Lines of code to copy. */
export function Code({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line scrolls, and what scrolls must be reachable by keyboard.
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}

/**
 * Content that the renderer does not escape: a drawing, the style, the script. Only for text that is not HTML or that
 * this package made as markup.
 */
export function raw(text: string) {
  return { dangerouslySetInnerHTML: { __html: text } };
}

/** A value as JSON in a script element, without what would end the element. */
export function rawJson(value: unknown) {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
