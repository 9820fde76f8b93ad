import type { Figure } from './figures/figure.js';
import { FigureView } from './parts/figure-view.js';
import { EnvironmentTable, OptionsTable } from './parts/settings.js';
import { Code, Heading, type Level } from './parts/text.js';
import { sectionOf } from './sections/registry.js';
import type { ReportedResult } from './sections/section.js';

/** One result: answer, figures, diagnosis, numbers, options, environment, and how to reproduce it. */
export function SectionView(props: ReportedResult & { figures: readonly Figure[]; level: Level }) {
  const { result, file, figures, level } = props;
  const { answer, subtitle, Ranking, Details } = sectionOf(result);
  const { lead, rest } = answer(result);
  return (
    <>
      <p class="subtitle">
        {subtitle(result)}
        {file && (
          <>
            {' '}
            · <code>{file}</code>
          </>
        )}
      </p>
      <div class="answer">
        <p class="lead">{lead}</p>
        {rest.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {Ranking && (
        <>
          <Heading level={level}>Ranking</Heading>
          <Ranking {...props} />
        </>
      )}
      {figures.map((figure) => (
        <FigureView key={figure.id} figure={figure} />
      ))}
      <Details {...props} />
      <OptionsTable options={result.options} level={level} />
      <EnvironmentTable environment={result.environment} level={level} />
      <Reproduce {...props} />
    </>
  );
}

function Reproduce({ result, command, level }: ReportedResult & { level: Level }) {
  const { backend, lrfind } = result.environment;
  return (
    <>
      <Heading level={level}>How to reproduce</Heading>
      {command ? (
        <>
          <p>Run this command in the folder from which its paths start:</p>
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
