import type { Figure } from '../figures/index.js';
import type { ReportedResult } from '../result.js';
import { kindOf } from '../results/index.js';
import { FigureView } from './figure-view.js';
import { Heading, type Level } from './heading.js';
import { Reproduce } from './reproduce.js';
import { EnvironmentTable, OptionsTable } from './setting-tables.js';

/** What the page says of one result: answer, figure, what was noticed, numbers, options, environment, how to reproduce. */
export function Section(props: ReportedResult & { figure: Figure | null; id: string; level: Level }) {
  const { result, file, figure, id, level } = props;
  const { answer, subject, Ranking, Details } = kindOf(result);
  const { lead, rest } = answer(result);
  return (
    <>
      <p class="subject">
        {subject(result)}
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
      {figure && <FigureView figure={figure} id={id} />}
      <Details {...props} />
      <OptionsTable options={result.options} level={level} />
      <EnvironmentTable environment={result.environment} level={level} />
      <Reproduce {...props} />
    </>
  );
}
