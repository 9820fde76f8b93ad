import type { ReportedResult } from '../result.js';
import { Heading, type Level } from './heading.js';

/** How a result can be made again. */
export function Reproduce({ result, command, level }: ReportedResult & { level: Level }) {
  const { backend, lrfind } = result.environment;
  return (
    <>
      <Heading level={level}>How to reproduce</Heading>
      {command ? (
        <>
          <p>The command, to be run in the folder from which its paths start:</p>
          <Code text={command} />
        </>
      ) : (
        <p>A program made this result: give the same model and data with the options above.</p>
      )}
      <p>
        Equal options, data and seed give an equal result with lrfind {lrfind} on the same backend ({backend}).
      </p>
    </>
  );
}

/** Lines to be copied. */
export function Code({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line scrolls, and what scrolls must be reachable by the keyboard.
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}
