import { countText } from '@lrfind/core';
import type { Recipe, Result, TrainingSetup } from '@lrfind/core/results';
import { recipeRateText } from '../../captions/phrases.js';
import { optimizerText, optionText, secondsText } from '../number-text.js';
import { DataTable } from './data-table.js';
import { Folded, Heading, type Level } from './text.js';

type Nullable<Type> = { [Name in keyof Type]: Type[Name] | null };
type Optional<Type> = { [Name in keyof Type]?: Type[Name] | undefined };

interface SetupTableProps extends Optional<Pick<Recipe, 'optimizer' | 'batchSize' | 'learningRate' | 'callbacks'>> {
  /** Of a loop that lrfind did not run itself, some of it is not known. */
  setup: Pick<TrainingSetup, 'loss'> &
    Nullable<Pick<TrainingSetup, 'weights' | 'rows' | 'validationRows'>> &
    Optional<Nullable<Pick<TrainingSetup, 'model' | 'parameters' | 'metrics'>>>;
  level: Level;
}

const weights = {
  drawn: 'drawn anew for each seed, by the initialisers of the model',
  given: 'those of the model, the same for each seed',
} as const;

/** What was trained, on how many rows and how; it omits what differs between the trials of a comparison. */
export function SetupTable({ setup, optimizer, batchSize, learningRate, callbacks = [], level }: SetupTableProps) {
  const { model, parameters, metrics, rows, validationRows, loss } = setup;
  const facts: [string, string | undefined][] = [
    ['model', model ?? undefined],
    ['parameters', known(parameters)],
    ['initial weights', setup.weights === null ? undefined : weights[setup.weights]],
    ['rows trained on', known(rows)],
    ['validation rows', rows === null ? undefined : known(validationRows)],
    ['loss', loss],
    ['metrics', metrics?.length ? metrics.join(', ') : undefined],
    ['optimizer', optimizer && optimizerText(optimizer)],
    ['rows in a batch', batchSize === undefined ? undefined : countText(batchSize)],
    ['learning rate', learningRate === undefined ? undefined : recipeRateText(learningRate)],
    ['callbacks', callbacks.length === 0 ? undefined : callbacks.map(optimizerText).join('; ')],
  ];
  return (
    <>
      <Heading level={level}>Setup</Heading>
      <div class="facts">
        <DataTable
          caption="What was trained, and on how many rows."
          columns={[{ title: 'what' }, { title: 'value' }]}
          rows={facts.filter((fact): fact is [string, string] => fact[1] !== undefined)}
        />
      </div>
    </>
  );
}

function known(count: number | null | undefined): string | undefined {
  return count === null || count === undefined ? undefined : countText(count);
}

/** Every option of a result. */
export function OptionsTable({ options, level }: Pick<Result, 'options'> & { level: Level }) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) return null;
  return (
    <Folded level={level} title="Options">
      <DataTable
        caption="Every option, defaults included."
        columns={[{ title: 'option' }, { title: 'value' }]}
        rows={given.map(([name, value]) => [<code>{name}</code>, optionText(value)])}
      />
    </Folded>
  );
}

/** Versions, machine and time of a result. */
export function EnvironmentTable({ environment, level }: Pick<Result, 'environment'> & { level: Level }) {
  const { lrfind, tfjs, node, platform, backend, device, started, seconds, msPerStep } = environment;
  const rows: [string, string][] = [
    ['lrfind', lrfind],
    ['TensorFlow.js', tfjs ?? 'none'],
    ['backend', backend],
    ['device', device],
    ['Node', node ?? 'none'],
    ['platform', platform ?? 'unknown'],
    ['started', dateText(started)],
    [
      'time',
      backend === 'recorded' ? 'unknown' : `${secondsText(seconds)} (${msPerStep.toFixed(1)} ms for a training step)`,
    ],
  ];
  return (
    <Folded level={level} title="Environment">
      <DataTable caption="Versions, machine and time." columns={[{ title: 'what' }, { title: 'value' }]} rows={rows} />
    </Folded>
  );
}

/** A moment in universal time to the second; a text that is not a date stays as it is. */
function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
