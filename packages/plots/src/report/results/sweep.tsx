import { type SweepResult } from '@lrfind/core/results';
import { suggestionMethods } from '@lrfind/core/sweep';
import { DataTable } from '../parts/data-table.js';
import { everyNth } from '../parts/every-nth.js';
import { Heading } from '../parts/heading.js';
import { Code } from '../parts/reproduce.js';
import { Sentences } from '../parts/sentences.js';
import { SetupTable } from '../parts/setup-table.js';
import { countText, measureText, numberOf, rateText } from '../texts.js';
import type { Part, ResultKind } from './kind.js';
import { sweepAnswer } from './sweep-answer.js';

/** How a sweep over learning rates is told. */
export const sweep: ResultKind<SweepResult> = {
  title: ({ setup }) => `Learning rate for ${setup.model}`,
  answer: sweepAnswer,
  subject: ({ setup, seeds }) =>
    [
      `${setup.model} with ${countText(setup.parameters)} parameters`,
      `${countText(setup.rows)} rows`,
      setup.loss,
      setup.optimizer.name,
      numberOf(seeds.length, 'sweep'),
    ].join(' · '),
  Details,
};

type SweepPart = Part<SweepResult>;

function Details({ result, code, level }: Parameters<SweepPart>[0]) {
  const { diagnosis, setup } = result;
  return (
    <>
      {code && (
        <>
          <Heading level={level}>Use it</Heading>
          <Code text={code} />
        </>
      )}
      <Sentences title="What was noticed" sentences={diagnosis} level={level} />
      <Sentences title="What was assumed" sentences={setup.notes} level={level} />
      <SetupTable setup={setup} optimizer={setup.optimizer} level={level} />
      <Heading level={level}>Numbers</Heading>
      <Methods {...result} />
      <Places {...result} />
      <Sweeps {...result} />
      <Curve {...result} />
    </>
  );
}

function Methods({ suggestions, suggestion }: SweepResult) {
  const rows = Object.entries(suggestions).map(([name, rate]) => [
    name === suggestion?.method ? `${name} (the answer)` : name,
    rate === null ? 'none' : rateText(rate),
    suggestionMethods.find((method) => method.name === name)?.summary ?? '',
  ]);
  if (rows.length === 0) return null;
  return (
    <DataTable
      caption="What each method suggests for this curve."
      columns={[{ title: 'method' }, { title: 'learning rate', numeric: true }, { title: 'what it takes' }]}
      rows={rows}
    />
  );
}

function Places({ steepest, minimum, divergence, curve }: SweepResult) {
  const places = [
    ['steepest descent', steepest],
    ['lowest loss', minimum],
    ['divergence', divergence],
  ] as const;
  if (curve.length === 0) return null;
  return (
    <DataTable
      caption="Places on the smoothed curve."
      columns={[{ title: 'place' }, { title: 'learning rate', numeric: true }, { title: 'loss', numeric: true }]}
      rows={places.map(([name, place]) =>
        place ? [name, rateText(place.rate), measureText(place.loss)] : [name, 'none', ''],
      )}
    />
  );
}

const endings = {
  end: 'the whole range was swept',
  diverged: 'the loss rose for good',
  'not-finite': 'the loss was not a finite number',
} as const;

function Sweeps({ seeds }: SweepResult) {
  if (seeds.length === 0) return null;
  return (
    <DataTable
      caption="The sweeps, each with its own seed."
      columns={[{ title: 'seed', numeric: true }, { title: 'steps', numeric: true }, { title: 'why it ended' }]}
      rows={seeds.map(({ seed, points, stopped }) => [String(seed), countText(points.length), endings[stopped]])}
    />
  );
}

function Curve({ curve }: SweepResult) {
  if (curve.length === 0) return null;
  const { rows, note } = everyNth(curve, 50);
  const number = { numeric: true };
  return (
    <details>
      <summary>The curve as a table</summary>
      <DataTable
        caption={`The loss at each learning rate, over all sweeps${note}.`}
        columns={[
          { title: 'learning rate', ...number },
          { title: 'smoothed', ...number },
          { title: 'median', ...number },
          { title: 'lower quartile', ...number },
          { title: 'upper quartile', ...number },
          { title: 'slope per decade', ...number },
        ]}
        rows={rows.map(({ rate, smoothed, median, low, high, slope }) => [
          rateText(rate),
          ...[smoothed, median, low, high].map(measureText),
          slope === null ? '' : measureText(slope),
        ])}
      />
    </details>
  );
}
