import { counted, countText, numberText, wordList } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { verificationText } from '@lrfind/core/study';
import { groupRates, groupsToTry, suggestionMethods } from '@lrfind/core/sweep';
import { fourDigits } from '../number-text.js';
import { DataTable, everyNth } from '../parts/data-table.js';
import { SetupTable } from '../parts/settings.js';
import { Code, Heading, Sentences } from '../parts/text.js';
import type { Answer, Part, ResultSection } from './section.js';

/** The section of a learning-rate search. */
export const sweep: ResultSection<SweepResult> = {
  title: ({ setup }) => `Learning rate for ${setup.model}`,
  answer,
  subtitle: ({ setup, sweeps }) =>
    [
      setup.parameters === null ? setup.model : `${setup.model} with ${countText(setup.parameters)} parameters`,
      setup.rows !== null && `${countText(setup.rows)} rows`,
      setup.loss,
      setup.optimizer.name,
      counted(sweeps.length, 'sweep'),
    ]
      .filter(Boolean)
      .join(' · '),
  Details,
};

/** What a verdict means for somebody who wants to train. */
const confidence = {
  sure: 'The answer is sure: the loss falls clearly and the sweeps agree.',
  fair: 'The answer is fairly sure: the sweeps agree, but no training has tried it.',
  unsure: 'The answer is unsure: take it as a starting point and try rates around it.',
} as const;

/** The same for an answer that was tried. */
const tried = {
  sure: 'The answer is sure: trainings at lower and at higher rates do worse.',
  fair: 'The answer is fairly sure: trainings at neighbouring rates do nearly as well.',
  unsure:
    'The answer is unsure: the trainings do not show on both sides where the loss rises, or their seeds differ too much.',
} as const;

/** The suggested rate, or why there is none. */
function answer({ suggestion, reason, range, verification }: SweepResult): Answer {
  const usable =
    range &&
    `A schedule that changes the rate during training, such as a cyclical or one-cycle schedule, may move between ${numberText(range.low, 3)} and ${numberText(range.high, 3)}.`;
  const rest = (sentences: (string | null)[]) => sentences.filter((sentence) => sentence !== null);
  if (!suggestion)
    return { lead: `No learning rate can be suggested${reason ? `: ${reason}` : ''}.`, rest: rest([usable]) };
  const { learningRate, low, high, verdict } = suggestion;
  return {
    lead: `Train with a learning rate of ${numberText(learningRate, 3)}.`,
    rest: rest([
      `The best constant rate is expected between ${numberText(low, 3)} and ${numberText(high, 3)}.`,
      verification ? tried[verdict] : confidence[verdict],
      verification ? verificationText(verification) : null,
      usable,
    ]),
  };
}

function Details({ result, code, level }: Parameters<Part<SweepResult>>[0]) {
  const { diagnosis, setup } = result;
  return (
    <>
      {code && (
        <>
          <Heading level={level}>Use it</Heading>
          <Code text={code} />
        </>
      )}
      <Sentences title="Diagnosis" sentences={diagnosis} level={level} />
      <Sentences title="Assumptions" sentences={setup.notes} level={level} />
      <SetupTable setup={setup} optimizer={setup.optimizer} level={level} />
      <Heading level={level}>Numbers</Heading>
      <Groups {...result} />
      <Methods {...result} />
      <Landmarks {...result} />
      <Critical {...result} />
      <Sweeps {...result} />
      <Curve {...result} />
    </>
  );
}

/** The groups of layers with the rates of their own, and the multipliers to try. */
function Groups(result: SweepResult) {
  const rates = groupRates(result);
  if (rates.length === 0) return null;
  const flags = groupsToTry(result);
  const rows = rates.map(({ group, ratio }) => {
    const { name, layers, parameters, multiplier, suggestion, reason } = group;
    return [
      name,
      wordList(layers, 4),
      countText(parameters),
      String(multiplier),
      ratio === null ? '' : numberText(ratio),
      suggestion
        ? `${numberText(suggestion.learningRate, 3)} (${numberText(suggestion.low, 3)} to ${numberText(suggestion.high, 3)}, ${suggestion.verdict})`
        : `none: ${reason}`,
    ];
  });
  return (
    <>
      <DataTable
        caption="The groups of layers, each swept alone while all other weights stand still. The ratio is that of the group’s own suggested rate to the suggestion for all layers."
        columns={[
          { title: 'group' },
          { title: 'layers' },
          { title: 'parameters', numeric: true },
          { title: 'multiplier', numeric: true },
          { title: 'ratio to the base', numeric: true },
          { title: 'suggested rate' },
        ]}
        rows={rows}
      />
      {flags && (
        <>
          <p>The curves ask for other multipliers. Try:</p>
          <Code text={flags} />
        </>
      )}
    </>
  );
}

function Methods({ suggestions, suggestion }: SweepResult) {
  const rows = Object.entries(suggestions).map(([name, rate]) => [
    name === suggestion?.method ? `${name} (the answer)` : name,
    rate === null ? 'none' : numberText(rate, 3),
    suggestionMethods.find((method) => method.name === name)?.summary ?? '',
  ]);
  if (rows.length === 0) return null;
  return (
    <DataTable
      caption="What each method suggests for this curve."
      columns={[{ title: 'method' }, { title: 'learning rate', numeric: true }, { title: 'rule' }]}
      rows={rows}
    />
  );
}

function Landmarks({ steepest, minimum, divergence, curve }: SweepResult) {
  const landmarks = [
    ['steepest descent', steepest],
    ['lowest loss', minimum],
    ['divergence', divergence],
  ] as const;
  if (curve.length === 0) return null;
  return (
    <DataTable
      caption="Points on the smoothed curve."
      columns={[{ title: 'point' }, { title: 'learning rate', numeric: true }, { title: 'loss', numeric: true }]}
      rows={landmarks.map(([name, location]) =>
        location ? [name, numberText(location.rate, 3), fourDigits(location.loss)] : [name, 'none', ''],
      )}
    />
  );
}

function Critical({ criticalRate }: SweepResult) {
  if (!criticalRate) return null;
  const { rate, low, high, reason, seeds } = criticalRate;
  const median =
    rate === null || low === null || high === null
      ? `There is no critical rate: ${reason ?? 'none was found'}`
      : `The median is ${numberText(rate, 3)}, the quartiles are ${numberText(low, 3)} and ${numberText(high, 3)}`;
  return (
    <DataTable
      caption={`The critical rate of the first update, above which it raises the loss of the training rows. ${median}.`}
      columns={[
        { title: 'seed', numeric: true },
        { title: 'critical rate', numeric: true },
        { title: 'losses measured', numeric: true },
      ]}
      rows={seeds.map(({ seed, rate, passes }) => [
        String(seed),
        rate === null ? 'none' : numberText(rate, 3),
        String(passes),
      ])}
    />
  );
}

const endings = {
  end: 'it reached the last rate',
  diverged: 'the loss diverged',
  'not-finite': 'the loss was not a finite number',
} as const;

function Sweeps({ sweeps }: SweepResult) {
  if (sweeps.length === 0) return null;
  return (
    <DataTable
      caption="The sweeps, each with its own seed."
      columns={[{ title: 'seed', numeric: true }, { title: 'steps', numeric: true }, { title: 'why it ended' }]}
      rows={sweeps.map(({ seed, points, stopped }) => [String(seed), countText(points.length), endings[stopped]])}
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
          numberText(rate, 3),
          ...[smoothed, median, low, high].map(fourDigits),
          slope === null ? '' : fourDigits(slope),
        ])}
      />
    </details>
  );
}
