// A thread that trains a copy of a session. It begins when it is sent one, and ends when it is told to.
import { useBackend, useThreads } from '@lrfind/backends';
import { checksumOf } from '@lrfind/core';
import { removeBackend } from '@tensorflow/tfjs-core';
import { WARM_UP } from './engine/pace.js';
import type { Session } from './engine/session.js';
import { type Sweeper, sweeper } from './engine/sweeper.js';
import { nodeProcess } from './engine/workers/node.js';
import { openCopy } from './engine/workers/open-copy.js';
import type { SessionCopy } from './engine/workers/session-copy.js';
import type {
  FromWorker,
  SweepJob,
  TaskRows,
  ToWorker,
  TrainJob,
  TrialDone,
  TrialJob,
  WorkerStart,
  WorkerTask,
} from './engine/workers/worker-tasks.js';
import { resolveOptimizer } from './optimizers/registry.js';
import { executorBySeed } from './study/held-out-by-seed.js';
import { type InProcessExecutor, inProcessExecutor } from './study/in-process.js';
import { kindOf, paceMeter } from './study/pace-meter.js';

const { parentPort } = (nodeProcess as NodeJS.Process).getBuiltinModule('node:worker_threads');
const port = parentPort as NonNullable<typeof parentPort>;
const post = (message: FromWorker) => port.postMessage(message);

let started: Promise<WorkerStart> | undefined;
/** By their numbers. */
const sessions = new Map<number, Promise<Session>>();
let backend = '';
/** What was made for tasks of one kind, by what they have in common. */
const sweepers = new Map<string, Sweeper>();
const executors = new Map<string, ReturnType<typeof executorBySeed>>();
/** By the numbers of their sessions. */
const trialExecutors = new Map<number, InProcessExecutor>();
/** The kinds of trials that were trained here. */
const kinds = new Set<string>();
const aborts = new Map<number, AbortController>();
let last: Promise<void> = Promise.resolve();

port.on('message', (message: ToWorker) => {
  if ('backend' in message) void open(message).catch(() => {});
  else if ('start' in message) started = start(message.start);
  else if ('abort' in message) aborts.get(message.abort)?.abort();
  // Once the backend is open, which has more threads until then.
  else if ('threads' in message) void started?.then(() => useThreads(message.threads)).catch(() => {});
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
    const session = await sessionOf(task.session);
    post({ id, result: await resultOf(session, task, (event) => post({ id, event }), signal) });
  } catch (error) {
    post({ id, error: reasonOf(error) });
  } finally {
    aborts.delete(id);
  }
}

/** What went wrong, in a sentence: TensorFlow.js adds a list of guesses to an unknown layer. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.replace(/\.? This may be due to one of the following reasons:$/, '') ?? message;
}

function resultOf(
  session: Session,
  task: WorkerTask,
  onEvent: (event: unknown) => void,
  signal: AbortSignal,
): Promise<unknown> {
  if (task.kind === 'trial') return trial(session, task, onEvent, signal);
  const own = withRows(session, task.rows);
  return task.kind === 'sweep' ? sweep(own, task, onEvent, signal) : train(own, task, onEvent, signal);
}

async function open({ backend: name, mostThreads }: Pick<WorkerStart, 'backend' | 'mostThreads'>): Promise<void> {
  backend = name;
  await useBackend(name, { mostThreads });
}

async function start(start: WorkerStart): Promise<WorkerStart> {
  // A thread that was started ahead has as many, if its backend is not open yet.
  if (nodeProcess) nodeProcess.env.LRFIND_THREADS = String(start.threads);
  await open(start);
  return start;
}

async function sessionOf(number: number): Promise<Session> {
  const { sessions: copies } = await (started as Promise<WorkerStart>);
  const opened = sessions.get(number) ?? openCopy(copies[number] as SessionCopy);
  sessions.set(number, opened);
  return opened;
}

/** The session with the rows of a task. */
function withRows(session: Session, rows: TaskRows): Session {
  return Object.defineProperty(Object.create(session) as Session, 'data', { value: { ...session.data, ...rows } });
}

/** What tells tasks with other rows. */
const rowsKey = ({ train, heldOut, test }: TaskRows) => checksumOf([train, heldOut, test]);

async function sweep(
  session: Session,
  { session: number, rows, optimizer, batchSize, group, heldOut, calls, sweep: wanted, reportsState }: SweepJob,
  onPoint: (event: unknown) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const key = JSON.stringify([number, rowsKey(rows), optimizer, batchSize, group, heldOut?.length]);
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
  { session: number, rows, spec, seed, seeds, calls }: TrainJob,
  onEvaluation: (event: unknown) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const key = JSON.stringify([number, rowsKey(rows), seed, seeds, calls]);
  const executor = executors.get(key) ?? executorBySeed(session, { seed, seeds, calls });
  executors.set(key, executor);
  return executor.run(spec, { onEvaluation, signal });
}

async function trial(
  session: Session,
  { session: number, spec, sharing }: TrialJob,
  onEvaluation: (event: unknown) => void,
  signal: AbortSignal,
): Promise<TrialDone> {
  const executor =
    trialExecutors.get(number) ?? inProcessExecutor(new Map([[spec.model.ref, session]]), new Map(), sharing);
  trialExecutors.set(number, executor);
  const meter = paceMeter();
  const kind = kindOf(spec);
  const known = kinds.has(kind);
  if (known) meter.begin(spec.from?.state.steps ?? 0);
  kinds.add(kind);
  const outcome = await executor.run(spec, {
    onEvaluation(evaluation) {
      meter.begin(evaluation.step);
      onEvaluation(evaluation);
    },
    onRead(steps) {
      if (known || steps >= WARM_UP) meter.read(steps);
    },
    signal,
  });
  return { outcome, pace: meter.pace };
}

async function close(): Promise<void> {
  for (const opening of sessions.values()) (await opening.catch(() => undefined))?.commit();
  if (backend) removeBackend(backend);
  port.close();
}
