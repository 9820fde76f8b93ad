import { counted, countText, numberText } from '@lrfind/core';
import type { Comparison, Evaluation, Result, ResultOf, SweepResult, TrainingResult } from '@lrfind/core/results';
import type { LiveLine, LivePanel, LiveTable, PageStart } from '../live/live-state.js';

/** A result, and the name of its file. */
interface Stored<Kind extends Result = Result> {
  readonly result: Kind;
  readonly file: string;
}

type Curves = Pick<LivePanel, 'x' | 'y' | 'mark' | 'lines'>;

/** The curves of each kind of result, over the axis that all of that kind share. */
const curvesOf: { readonly [Format in Result['format']]: (result: ResultOf<Format>) => Curves } = {
  'lrfind-sweep': sweepCurves,
  'lrfind-training': trainingCurves,
  'lrfind-comparison': comparisonCurves,
};

/**
 * What a page of stored results begins with: of several results a panel of the same scale for each, and a table of what they say
 * and in what they differ.
 *
 * @param stored at least one
 */
export async function sideBySide(stored: readonly Stored[]): Promise<PageStart> {
  const { sectionOf } = await import('@lrfind/plots');
  const [{ result: first }] = stored as [Stored];
  if (stored.length === 1)
    return { title: sectionOf(first).title(first), subtitle: (stored[0] as Stored).file, panels: [] };
  const panels = stored.map(({ result, file }, i): LivePanel => {
    const curves = curvesOf[result.format] as (result: Result) => Curves;
    return { id: `result ${i}`, title: file, note: sectionOf(result).answer(result).lead, ...curves(result) };
  });
  const answers = stored.map(({ result }) => sectionOf(result).answer(result).lead);
  return {
    title: `${counted(stored.length, 'result')} side by side`,
    subtitle: '',
    panels,
    table: factsTable(stored, answers),
  };
}

function sweepCurves({ sweeps, curve, suggestion, setup }: SweepResult): Curves {
  const pointsOf = <Point>(points: readonly Point[], of: (point: Point) => [number, number | null]) =>
    points.map(of).filter((point): point is [number, number] => point[1] !== null);
  return {
    x: { title: 'learning rate (log scale)', log: true },
    y: { title: 'loss', of: setup.loss },
    ...(suggestion && {
      mark: { x: suggestion.learningRate, text: numberText(suggestion.learningRate, 3) },
    }),
    lines: [
      ...sweeps.map(
        ({ seed, points }): LiveLine => ({
          name: `seed ${seed}`,
          label: 'each sweep',
          style: 'loss',
          pale: true,
          points: pointsOf(points, ({ rate, loss }) => [rate, loss]),
        }),
      ),
      {
        name: 'smoothed',
        label: 'smoothed',
        style: 'loss',
        points: pointsOf(curve, ({ rate, smoothed }) => [rate, smoothed]),
      },
    ],
  };
}

function trainingCurves({ training: { evaluations }, setup }: TrainingResult): Curves {
  return {
    x: { title: 'epoch', log: false },
    y: { title: 'loss', of: setup.loss },
    lines: [
      { name: 'training', label: 'training rows', style: 'loss', points: lossesOf(evaluations, 'training') },
      {
        name: 'validation',
        label: 'validation rows',
        style: 'validation',
        points: lossesOf(evaluations, 'validation'),
      },
    ],
  };
}

function comparisonCurves({ trials, setup }: Comparison): Curves {
  return {
    x: { title: 'epoch', log: false },
    y: { title: 'loss on validation rows', of: setup.loss },
    lines: trials.flatMap(({ name, trainings }, style) =>
      trainings.map(({ seed, evaluations }) => ({
        name: `${name}, seed ${seed}`,
        label: name,
        style,
        points: lossesOf(evaluations, 'validation'),
      })),
    ),
  };
}

function lossesOf(evaluations: readonly Evaluation[], on: 'training' | 'validation'): [number, number][] {
  return evaluations.flatMap(({ epoch, [on]: measures }) =>
    measures?.loss === undefined || measures.loss === null ? [] : [[epoch, measures.loss] as [number, number]],
  );
}

/** What each result says, and the facts and options in which they differ. */
function factsTable(stored: readonly Stored[], answers: readonly string[]): LiveTable {
  const facts = stored.map(({ result }) => factsOf(result));
  const names = [...new Set(facts.flatMap((each) => Object.keys(each)))];
  const rows = names
    .map((name) => [name, ...facts.map((each) => each[name] ?? '')])
    .filter(([, ...cells]) => new Set(cells.filter((cell) => cell !== '')).size > 1);
  return {
    caption: 'What each result says, and in what they differ.',
    columns: ['what', ...stored.map(({ file }) => file)],
    rows: [['answer', ...answers], ...rows],
  };
}

function factsOf({ setup, options, environment, ...result }: Result): Record<string, string> {
  const optimizer =
    'optimizer' in setup ? setup.optimizer.name : 'recipe' in result ? result.recipe.optimizer.name : '';
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...('model' in setup && { model: setup.model }),
    ...(optimizer && { optimizer }),
    loss: setup.loss,
    ...(setup.rows !== null && { rows: countText(setup.rows) }),
    ...Object.fromEntries(
      given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    backend: environment.backend,
    device: environment.device,
    started: `${environment.started.slice(0, 19).replace('T', ' ')} UTC`,
    ...(environment.backend !== 'recorded' && { time: `${environment.seconds.toFixed(1)} s` }),
  };
}
