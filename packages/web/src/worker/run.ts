import type { Result } from '@lrfind/core/results';
import type { ModelFile } from '@lrfind/finder';
import type { BatchedUpdates } from 'lrfind/src/live/batched-updates.js';
import { type Sampling, type Tables, tablesOf } from 'lrfind/src/shared/tables.js';
import type { CommandName, Flags, Inputs } from '../protocol.js';
import { openBackend } from './backend.js';
import { PLAIN_MODEL, prepare, readerOf } from './inputs.js';

/** What the work of a command gets. */
export interface Work {
  readonly file: ModelFile;
  /** Reads the table with the command's own options. */
  readonly tables: (sampling: Sampling, options: Parameters<typeof tablesOf>[2]) => Promise<Tables>;
  /** Is told of each step. */
  readonly page: BatchedUpdates;
  readonly signal: AbortSignal;
}

/** Checks the options of a command, and gives its work. */
export type Start = (flags: Flags) => (work: Work) => Promise<Result>;

/** The work of each command, which is loaded with its first run. */
const starts: Readonly<Record<CommandName, () => Promise<Start>>> = {
  find: async () => (await import('./find.js')).startFind,
  train: async () => (await import('./train.js')).startTrain,
  compare: async () => (await import('./compare.js')).startCompare,
};

/**
 * Does what the command of that name does with the same model, table and options.
 *
 * @param flags as the command line collects them
 * @param page is told of each step
 * @throws InputError for anything that the visitor can correct; the signal's reason when it is aborted
 */
export async function run(
  command: CommandName,
  inputs: Inputs,
  flags: Flags,
  page: BatchedUpdates,
  signal: AbortSignal,
): Promise<Result> {
  const { net: _, ...own } = flags;
  const paths = { model: inputs.model?.name ?? PLAIN_MODEL, data: inputs.table?.name ?? '' };
  const start = await starts[command]();
  // What is wrong with the options is said before anything is read.
  const work = start({ ...own, ...paths });
  await openBackend();
  const { file, description } = await prepare(inputs, { ...flags, data: paths.data });
  const [misfit] = description.misfits;
  if (!file) throw new Error(`${misfit?.problem}; ${misfit?.answer}`);
  const tables: Work['tables'] = (sampling, options) =>
    tablesOf(readerOf(inputs), paths, options, sampling, file.model);
  try {
    return onItsBackend(await work({ file, tables, page, signal }));
  } finally {
    file.model.dispose();
  }
}

/** A result whose options name the backend that computed it, so that repeating them does not choose once more. */
function onItsBackend(result: Result): Result {
  return { ...result, options: { ...result.options, backend: result.environment.backend } } as Result;
}
