// The worker of the page: reads what was chosen, finds, trains and compares, and draws. It needs no document for any of it.
import { InputError } from '@lrfind/core';
import { columnGroups } from 'lrfind/src/data/column-groups.js';
import { contentsText, targetText } from 'lrfind/src/data/texts.js';
import { batchedUpdates } from 'lrfind/src/live/batched-updates.js';
import type { Answers, CommandName, FromWorker, Given, Inputs, Task, ToWorker, Understood } from '../protocol.js';
import { fields } from './fields.js';
import { flagsOf } from './flags.js';
import { prepare } from './inputs.js';
import { openBackend, run } from './run.js';

/** The names of the options of a command that are lists. */
const listsOf = (command: CommandName) =>
  fields[command].flatMap((group) => group.fields.filter(({ list }) => list).map(({ name }) => name));

/** What can be stopped, by the number of its task. */
const running = new Map<number, AbortController>();

const say = (message: FromWorker) => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('stop' in data) running.get(data.stop)?.abort(new InputError('stopped'));
  else void work(data.id, data.task);
});

async function work(id: number, task: Task): Promise<void> {
  try {
    say({ id, answer: await answerTo(id, task) });
  } catch (error) {
    const { message, stack } = error as Error;
    say({
      id,
      error: error instanceof InputError ? message : `${message}\n${stack}`,
      isMistake: error instanceof InputError,
    });
  }
}

async function answerTo(id: number, task: Task): Promise<Answers[Task['kind']]> {
  if (task.kind === 'fields') return fields;
  if (task.kind === 'understand') return understand(task);
  const results = await import('./results.js');
  if (task.kind === 'picture') return results.picture(task.json, task.dark);
  if (task.kind === 'open') return results.openResults(task.files);
  const stop = new AbortController();
  running.set(id, stop);
  const page = batchedUpdates((update) => say({ id, update }));
  try {
    const flags = flagsOf(task.given, listsOf(task.command), {});
    const result = await run(task.command, task.inputs, flags, page, stop.signal);
    page.tell({ status: { text: 'drawing the report' } });
    page.flush();
    return await results.shown(result);
  } finally {
    running.delete(id);
  }
}

async function understand(task: { inputs: Inputs; given: Given; command: CommandName }): Promise<Understood> {
  const { device } = await openBackend();
  const flags = flagsOf(task.given, listsOf(task.command), { data: task.inputs.table?.name });
  const { description, file, json, notes } = await prepare(task.inputs, flags);
  const model = file && {
    name: file.model.name,
    layers: file.model.layers.map((layer) => ({
      name: layer.name,
      kind: layer.getClassName(),
      shape: shapeText(layer.outputShape as Shape | Shape[]),
      parameters: layer.countParams(),
    })),
    parameters: file.model.countParams(),
    hasWeights: file.hasWeights,
    json,
  };
  file?.model.dispose();
  return {
    table: description,
    groups: columnGroups(description.columns).map((group) => ({ ...group, values: contentsText(group) })),
    targets: description.targets.map(targetText),
    ...(model && { model }),
    notes: [...description.notes, ...notes],
    device,
  };
}

type Shape = readonly (number | null)[];

/** A shape without the batch, of each output where there are several. */
function shapeText(shape: Shape | readonly Shape[]): string {
  if (shape.length > 0 && Array.isArray(shape[0])) return (shape as readonly Shape[]).map(shapeText).join(', ');
  return `[${(shape as Shape)
    .slice(1)
    .map((length) => length ?? '?')
    .join(', ')}]`;
}
