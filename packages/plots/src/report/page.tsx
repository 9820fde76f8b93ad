import type { Figure } from './figures/figure.js';
import { Heading, raw } from './parts/text.js';
import { SectionView } from './section-view.js';
import { sectionOf } from './sections/registry.js';
import type { ReportedResult } from './sections/section.js';

/** A result with its figures, and an id that is unique in the page. */
export interface PageResult extends ReportedResult {
  readonly figures: readonly Figure[];
  readonly id: string;
}

/** What a page of results holds besides them. */
export interface ReportFiles {
  readonly style: string;
  /** Shows values at the pointer. */
  readonly script: string;
  /** The SHA-256 of the script in base64, by which the page's policy knows it. */
  readonly scriptHash: string;
}

/** The whole page: the section of one result, or the answers of several with links, and a section for each. */
export function Page({
  title,
  results,
  files: { style, script, scriptHash },
}: {
  title: string;
  results: readonly PageResult[];
  files: ReportFiles;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={policyOf(scriptHash)} />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="lrfind report" />
        <title>{title}</title>
        <style {...raw(style)} />
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {results.length === 1 ? (
            results.map((result) => <SectionView key={result.id} {...result} level={2} />)
          ) : (
            <Sections results={results} />
          )}
        </main>
        <script {...raw(script)} />
      </body>
    </html>
  );
}

/** The heading of each section by its id: with the name of the file or its number where others have the same. */
function headings(results: readonly PageResult[]): ReadonlyMap<string, string> {
  const titles = results.map(({ result }) => sectionOf(result).title(result));
  return new Map(
    results.map(({ id, file }, i) => {
      const title = titles[i] as string;
      const alone = titles.filter((other) => other === title).length === 1;
      return [id, alone ? title : `${title} (${file ?? i + 1})`];
    }),
  );
}

function Sections({ results }: { results: readonly PageResult[] }) {
  const titles = headings(results);
  return (
    <>
      <nav aria-label="Results">
        <ol>
          {results.map(({ result, id }) => {
            return (
              <li key={id}>
                <a href={`#${id}`}>{titles.get(id)}</a>: {sectionOf(result).answer(result).lead}
              </li>
            );
          })}
        </ol>
      </nav>
      {results.map((result) => (
        <section key={result.id} aria-labelledby={result.id}>
          <Heading level={2} id={result.id}>
            {titles.get(result.id)}
          </Heading>
          <SectionView {...result} level={3} />
        </section>
      ))}
    </>
  );
}

/** The page loads nothing and runs no script but its own: a second barrier against scripts in names that a result contains. */
const policyOf = (scriptHash: string) =>
  [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${scriptHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
