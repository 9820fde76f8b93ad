// A thread that trains a copy of a session. It begins when it is sent one, and ends when it is told to.
import { useBackend } from '@lrfind/backends';
import { checksumOf } from '@lrfind/core';
import { removeBackend } from '@tensorflow/tfjs-core';
import type { Session } from './engine/session.js';
import { type Sweeper, sweeper } from './engine/sweeper.js';
import { nodeProcess } from './engine/workers/node.js';
import { openCopy } from './engine/workers/open-copy.js';
import type {
  FromWorker,
  SweepJob,
  TaskRows,
  ToWorker,
  TrainJob,
  WorkerStart,
  WorkerTask,
} from './engine/workers/worker-tasks.js';
import { resolveOptimizer } from './optimizers/registry.js';
import { executorBySeed } from './study/held-out-by-seed.js';

const { parentPort } = (nodeProcess as NodeJS.Process).getBuiltinModule('node:worker_threads');
const port = parentPort as NonNullable<typeof parentPort>;
const post = (message: FromWorker) => port.postMessage(message);

let opened: Promise<Session> | undefined;
let backend = '';
/** What was made for tasks of one kind, by what they have in common. */
const sweepers = new Map<string, Sweeper>();
const executors = new Map<string, ReturnType<typeof executorBySeed>>();
const aborts = new Map<number, AbortController>();
let last: Promise<void> = Promise.resolve();

port.on('message', (message: ToWorker) => {
  if ('backend' in message) void useBackend(message.backend).catch(() => {});
  else if ('start' in message) opened = open(message.start);
  else if ('abort' in message) aborts.get(message.abort)?.abort();
  else if ('close' in message) void last.then(close);
  else {
    const { id, task } = message;
    const controller = new AbortController();
    aborts.set(id, controller);
    // One after another: they train the same model.
    last = last.then(() => answer(id, task, controller.signal));
  }
});

async function answer(id: number, task: WorkerTask, signal: AbortSignal): Promise<void> {
  try {
    const session = withRows(await (opened as Promise<Session>), task.rows);
    const onEvent = (event: unknown) => post({ id, event });
    const result =
      task.kind === 'sweep' ? await sweep(session, task, onEvent, signal) : await train(session, task, onEvent, signal);
    post({ id, result });
  } catch (error) {
    post({ id, error: String(error) });
  } finally {
    aborts.delete(id);
  }
}

async function open(start: WorkerStart): Promise<Session> {
  backend = start.backend;
  await useBackend(backend);
  return openCopy(start.session);
}

/** The session with the rows of a task. */
function withRows(session: Session, rows: TaskRows): Session {
  return Object.defineProperty(Object.create(session) as Session, 'data', { value: { ...session.data, ...rows } });
}

/** What tells tasks with other rows. */
const rowsKey = ({ train, heldOut, test }: TaskRows) => checksumOf([train, heldOut, test]);

async function sweep(
  session: Session,
  { rows, optimizer, batchSize, group, heldOut, calls, sweep: wanted, reportsState }: SweepJob,
  onPoint: (event: unknown) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const key = JSON.stringify([rowsKey(rows), optimizer, batchSize, group, heldOut?.length]);
  const made =
    sweepers.get(key) ??
    sweeper(session, resolveOptimizer(optimizer), {
      ...{ batchSize, calls, heldOut },
      group: session.groups.find(({ name }) => name === group),
    });
  sweepers.set(key, made);
  const done = await made.sweep(wanted, { onPoint, signal });
  return reportsState ? (await made.step.save()).values : done;
}

function train(
  session: Session,
  { rows, spec, seed, seeds, calls }: TrainJob,
  onEvaluation: (event: unknown) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const key = JSON.stringify([rowsKey(rows), seed, seeds, calls]);
  const executor = executors.get(key) ?? executorBySeed(session, { seed, seeds, calls });
  executors.set(key, executor);
  return executor.run(spec, { onEvaluation, signal });
}

async function close(): Promise<void> {
  const session = await opened?.catch(() => undefined);
  session?.commit();
  if (backend) removeBackend(backend);
  port.close();
}
