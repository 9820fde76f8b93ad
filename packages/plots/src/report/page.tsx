import { createHash } from 'node:crypto';
import type { Figure } from './figures/index.js';
import { pageScript, pageStyle } from './page-files.js';
import { Heading } from './parts/heading.js';
import { raw } from './parts/raw-text.js';
import { Section } from './parts/section.js';
import type { ReportedResult } from './result.js';
import { kindOf } from './results/index.js';

/** A result with its figure, and a name that no other part of the page has. */
export interface PageResult extends ReportedResult {
  readonly figure: Figure | null;
  readonly id: string;
}

/** The whole page: of one result its section, of several the answers first, with links, and a section for each. */
export function Page({ title, results }: { title: string; results: readonly PageResult[] }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="lrfind report" />
        <title>{title}</title>
        <style {...raw(pageStyle)} />
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {results.length === 1 ? (
            results.map((result) => <Section key={result.id} {...result} level={2} />)
          ) : (
            <Sections results={results} />
          )}
        </main>
        <script {...raw(pageScript)} />
      </body>
    </html>
  );
}

function Sections({ results }: { results: readonly PageResult[] }) {
  return (
    <>
      <nav aria-label="Results">
        <ol>
          {results.map(({ result, id }) => {
            const { title, answer } = kindOf(result);
            return (
              <li key={id}>
                <a href={`#${id}`}>{title(result)}</a>: {answer(result).lead}
              </li>
            );
          })}
        </ol>
      </nav>
      {results.map((result) => (
        <section key={result.id} aria-labelledby={result.id}>
          <Heading level={2} id={result.id}>
            {kindOf(result.result).title(result.result)}
          </Heading>
          <Section {...result} level={3} />
        </section>
      ))}
    </>
  );
}

/** The page loads nothing, and runs no script but its own: what a name in a document might smuggle in is held up here once more. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(pageScript).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
