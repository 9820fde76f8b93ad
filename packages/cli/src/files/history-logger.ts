import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { InputError, shownValue } from '@lrfind/core';
import { closed, resolveOptions } from '@lrfind/core/options';
import { readLog, trainingCallback } from '@lrfind/finder';
import type { Callback } from '@tensorflow/tfjs-layers';
import Type, { type Static } from 'typebox';

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

/** The values of one epoch by name, `epoch` (from 0) first. */
type Row = Readonly<Record<string, number>>;

/**
 * Writes the losses and metrics of every epoch to a file at the end of that epoch: as a line of comma-separated values or of
 * JSON, by the file's extension. The first line of a `.csv` decides the columns.
 *
 * @param path ends in `.csv` or `.jsonl`
 * @throws InputError for another extension or an unknown option, and at the start of a fit when the file cannot be written
 *
 * @example
 * await model.fit(xs, ys, { callbacks: [historyLogger('history.csv')] });
 */
export function historyLogger(path: string, options: Partial<Static<typeof HistoryLoggerOptions>> = {}): Callback {
  const { append } = resolveOptions(HistoryLoggerOptions, options);
  const ending = /\.(csv|jsonl)$/i.exec(path)?.[1]?.toLowerCase();
  if (!ending) throw new InputError(`the path of a history must end in .csv or .jsonl; got ${shownValue(path)}`);
  let columns: readonly string[] = [];
  return trainingCallback(
    'historyLogger',
    {
      async trainBegin() {
        columns = [];
        try {
          await (append ? appendFile(path, '') : writeFile(path, ''));
          const [header] = ending === 'csv' ? (await readFile(path, 'utf8')).split(/\r?\n/, 1) : [];
          if (header) columns = header.split(',');
        } catch (error) {
          throw new InputError(`cannot write the history to ${path}: ${(error as Error).message}`);
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
        await appendFile(path, `${lines.join('\n')}\n`);
      },
    },
    {},
  );
}
