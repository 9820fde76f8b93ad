import type { ComponentChildren } from 'preact';

/** How deep a part of the page lies: a page of one result has one level less than a page of several. */
export type Level = 2 | 3;

/** A heading of a level, so that the levels of a page follow each other without gaps. */
export function Heading({ level, id, children }: { level: Level; id?: string; children: ComponentChildren }) {
  const Name = `h${level}` as const;
  return <Name id={id}>{children}</Name>;
}
