import { Heading, type Level } from './heading.js';

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
