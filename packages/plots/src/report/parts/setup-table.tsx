import type { Recipe, TrainingSetup } from '@lrfind/core/results';
import { countText, optimizerText } from '../texts.js';
import { DataTable } from './data-table.js';
import { Heading, type Level } from './heading.js';

type Known = Partial<Pick<TrainingSetup, 'model' | 'parameters' | 'metrics'>> &
  Pick<TrainingSetup, 'weights' | 'loss' | 'rows' | 'heldOut'>;

const weights = {
  drawn: 'drawn anew for each seed, by the initialisers of the model',
  given: 'those of the model, the same for each seed',
} as const;

/** What was trained on how many rows; what differs between the runs of a comparison is left to its own table. */
export function SetupTable({
  setup,
  optimizer,
  batchSize,
  learningRate,
  level,
}: { setup: { [Name in keyof Known]: Known[Name] | undefined } & Pick<Known, 'weights'>; level: Level } & {
  [Name in 'optimizer' | 'batchSize' | 'learningRate']?: Recipe[Name] | undefined;
}) {
  const { model, parameters, metrics = [], rows, heldOut, loss } = setup;
  const facts: [string, string | undefined][] = [
    ['model', model],
    ['parameters', parameters === undefined ? undefined : countText(parameters)],
    ['initial weights', weights[setup.weights]],
    ['rows trained on', countText(rows ?? 0)],
    ['rows held out', countText(heldOut ?? 0)],
    ['loss', loss],
    ['metrics', metrics.length === 0 ? undefined : metrics.join(', ')],
    ['optimizer', optimizer && optimizerText(optimizer)],
    ['rows in a batch', batchSize === undefined ? undefined : countText(batchSize)],
    ['learning rate', learningRate],
  ];
  return (
    <>
      <Heading level={level}>Setup</Heading>
      <DataTable
        caption="What was trained, and on how many rows."
        columns={[{ title: 'what' }, { title: 'value' }]}
        rows={facts.filter((fact): fact is [string, string] => fact[1] !== undefined)}
      />
    </>
  );
}
