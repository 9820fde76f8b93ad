import { statSync } from 'node:fs';
import { appendFile, stat, truncate, writeFile } from 'node:fs/promises';
import { fileError, InputError, shownValue } from '@lrfind/core';
import { checkDocument, closed, resolveOptions } from '@lrfind/core/options';
import { decodeText } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';
import { readLog, trainingCallback } from '@lrfind/finder';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';

/** The options of `historyLogger`. */
export const HistoryLoggerOptions = Type.Object(
  {
    append: Type.Boolean({
      default: false,
      description:
        'continue an existing file, as when a training is resumed; without it each fit starts the file again',
    }),
  },
  closed,
);

/** How far a history is written. */
export interface HistoryState {
  /** Size of the file after the last epoch. */
  readonly bytes: number;
}

const StateSchema = Type.Object({ bytes: Type.Integer({ minimum: 0 }) }, closed);

/** The values of one epoch by name, `epoch` (from 0) first. */
type Row = Readonly<Record<string, number>>;

/** The most bytes of a header that are read. */
const HEADER_BYTES = 1 << 16;

/** The first line of a file; empty where there is none. */
async function firstLine(path: string): Promise<string> {
  const found = await stat(path).catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!found) return '';
  const text = decodeText(await fileSource(path).slice(0, HEADER_BYTES));
  return text.split(/\r?\n/, 1)[0] as string;
}

/** Removes the lines of epochs that are trained again. */
async function cutTo(path: string, bytes: number): Promise<void> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size < bytes)
    throw new InputError(
      `the history ${path} must have the ${bytes} bytes that the training to resume has written; got ${size}`,
    );
  await truncate(path, bytes);
}

/**
 * Writes the losses and metrics of every epoch to a file at the end of that epoch: as a line of comma-separated values or of
 * JSON, by the file's extension. The first line of a `.csv` decides the columns.
 *
 * When `train` resumes a training, the file keeps the lines of its earlier epochs.
 *
 * @param path ends in `.csv` or `.jsonl`
 * @throws InputError for another extension or an unknown option; at the start of a fit for a file that is not a history, which
 *   would be lost; and when the file cannot be written
 *
 * @example
 * await model.fit(xs, ys, { callbacks: [historyLogger('history.csv')] });
 */
export function historyLogger(
  path: string,
  options: Partial<Static<typeof HistoryLoggerOptions>> = {},
): Callback & { state(): HistoryState; restore(state: HistoryState): void } {
  const { append } = resolveOptions(HistoryLoggerOptions, options);
  const ending = /\.(csv|jsonl)$/i.exec(path)?.[1]?.toLowerCase();
  if (!ending) throw new InputError(`the path of a history must end in .csv or .jsonl; got ${shownValue(path)}`);
  const unwritable = (error: unknown) => fileError(`cannot write the history to ${path}`, error);
  let columns: readonly string[] = [];
  /** Of a restored state, until the next fit uses it. */
  let restoredBytes: number | null = null;
  return trainingCallback(
    'historyLogger',
    {
      async trainBegin() {
        columns = [];
        try {
          const first = await firstLine(path);
          // Any other file would be lost, such as the table that the model is trained on under a wrong name.
          if (!/^(epoch(,|$)|\{"epoch":|$)/.test(first))
            throw new InputError(`${path} exists and is not the history of a training: name another file`);
          const resumes = restoredBytes !== null;
          if (restoredBytes !== null) await cutTo(path, restoredBytes);
          else await (append ? appendFile(path, '') : writeFile(path, ''));
          restoredBytes = null;
          if ((append || resumes) && ending === 'csv' && first) columns = first.split(',');
        } catch (error) {
          throw error instanceof InputError ? error : unwritable(error);
        }
      },
      async epochEnd(_, epoch, logs) {
        const names = Object.keys(logs).sort();
        const values = await Promise.all(names.map((name) => readLog(logs[name] as number)));
        const row: Row = { epoch, ...Object.fromEntries(names.map((name, i) => [name, values[i] as number])) };
        const lines: string[] = [];
        if (ending === 'jsonl') lines.push(JSON.stringify(row));
        else {
          if (columns.length === 0) {
            columns = Object.keys(row);
            lines.push(columns.join(','));
          }
          lines.push(columns.map((name) => row[name] ?? '').join(','));
        }
        await appendFile(path, `${lines.join('\n')}\n`).catch((error) => {
          throw unwritable(error);
        });
      },
    },
    {
      state: () => ({ bytes: statSync(path).size }),
      restore(state: HistoryState) {
        checkDocument(StateSchema, state, 'the state of historyLogger');
        restoredBytes = state.bytes;
      },
    },
    {},
  );
}
