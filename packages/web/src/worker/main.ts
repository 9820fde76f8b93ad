// The worker of the page: reads what was chosen, finds, trains and compares, and draws. It needs no document for any of it.
import { InputError } from '@lrfind/core';
import { columnGroups } from 'lrfind/src/data/column-groups.js';
import { contentsText, targetText } from 'lrfind/src/data/texts.js';
import { batchedUpdates } from 'lrfind/src/live/batched-updates.js';
import type { Answers, Flags, FromWorker, Inputs, Task, ToWorker, Understood } from '../protocol.js';
import { openBackend } from './backend.js';
import { prepare } from './inputs.js';

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
  if (task.kind === 'understand') return understand(task);
  // What finds and trains, and what draws, is loaded when it is asked for.
  if (task.kind === 'open') return (await import('./stored.js')).openResults(task.files);
  if (task.kind === 'picture') return (await import('./results.js')).picture(task.json, task.dark);
  const stop = new AbortController();
  running.set(id, stop);
  const page = batchedUpdates((update) => say({ id, update }));
  try {
    const { run } = await import('./run.js');
    const result = await run(task.command, task.inputs, here(task.flags), page, stop.signal);
    page.tell({ status: { text: 'drawing the report' } });
    page.flush();
    return await (await import('./results.js')).shown(result);
  } finally {
    running.delete(id);
  }
}

/** The page has no field for the backend. */
function here(flags: Flags): Flags {
  return { ...flags, backend: 'auto' };
}

async function understand({ inputs, flags }: { inputs: Inputs; flags: Flags }): Promise<Understood> {
  const { device } = await openBackend();
  const { description, file, json, notes } = await prepare(inputs, here({ ...flags, data: inputs.table?.name }));
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
