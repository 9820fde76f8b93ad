import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileError, InputError } from '@lrfind/core';
import * as Type from 'typebox';
import { writeTogether } from '../../shared/outputs/output-files.js';
import { freeName, resultName, type TrackedResult, type TrackedRun } from '../tracked-result.js';
import type { TrackerKind } from '../tracker.js';
import { eventFile, image, markdown, type StepEvent, scalar } from './event-file.js';
import { sessionEnd, sessionStart } from './hyperparameters.js';

/** Event files of TensorBoard: a new folder for each result, and one within it for each sweep or training. */
export const tensorBoard: TrackerKind = {
  option: Type.Optional(
    Type.String({
      placeholder: 'folder',
      description:
        'folder that gets a new run for TensorBoard, with losses, metrics and rates by step, hyperparameters, the summary and the chart',
    }),
  ),
  async open(folder, flag) {
    await checkFolder(folder, flag);
    return async (result) => {
      try {
        return await writeRuns(folder, result);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
        throw fileError(`${flag} ${folder} cannot be written`, error);
      }
    };
  },
};

/** @throws InputError where the folder is none, or it or the nearest one around it is not writable */
async function checkFolder(folder: string, flag: string): Promise<void> {
  if (folder.trim() === '') throw new InputError(`${flag} must be a folder; got ""`);
  let at = resolve(folder);
  for (;;) {
    const found = await stat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      if (error.code === 'ENOTDIR') return undefined;
      throw fileError(`${flag} ${folder} cannot be written`, error);
    });
    if (found && !found.isDirectory()) throw new InputError(`${flag} must be a folder; got ${folder}: ${at} is a file`);
    if (found) break;
    if (dirname(at) === at) throw new InputError(`${flag} ${folder}: there is no folder ${at}`);
    at = dirname(at);
  }
  await access(at, constants.W_OK | constants.X_OK).catch((error) => {
    if (error.code !== 'EACCES') throw fileError(`${flag} ${folder} cannot be written`, error);
    throw new InputError(`${flag} ${folder} cannot be written: no permission for ${at}`);
  });
}

/** Writes the event files of the numbers, and then that of the picture. */
async function writeRuns(folder: string, result: TrackedResult): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const own = newFolder(folder, resultName(result));
  const started = result.started / 1000;
  const name = `events.out.tfevents.${Math.floor(started)}.lrfind`;
  const folders = new Map([[comparable(own), own]]);
  const files = result.runs.map((run): [path: string, contents: Uint8Array] => {
    const place = join(own, ...run.names.map(folderName));
    const path = freeName(place, (each) => each !== own && folders.has(comparable(each)));
    folders.set(comparable(path), path);
    return [
      join(path, `${name}.0`),
      eventFile(started, [...eventsOf(run, started), ...summaryOf(run, result, started)]),
    ];
  });
  try {
    for (const path of folders.values()) mkdirSync(path, { recursive: true });
    // TensorBoard takes no notice of the names that the files have before they are complete.
    writeTogether(files);
  } catch (error) {
    // Nothing but empty folders can be there: no file has its name before all are written.
    rmSync(own, { recursive: true, force: true });
    throw error;
  }
  const png = await result.picture().catch((error) => {
    throw new Error(`${own}: the picture cannot be drawn: ${(error as Error)?.message ?? error}`, { cause: error });
  });
  writeTogether([
    [join(own, `${name}.1`), eventFile(started, [{ time: started, step: 0, value: image(result.command, png) }])],
  ]);
  return own;
}

/** A folder that did not exist. */
function newFolder(parent: string, name: string): string {
  for (;;) {
    const path = join(
      parent,
      freeName(name, (each) => existsSync(join(parent, each))),
    );
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function eventsOf({ series }: TrackedRun, started: number): StepEvent[] {
  return series.flatMap(({ name, points }) =>
    points.map(({ step, value, seconds }) => ({
      time: started + seconds,
      step,
      value: scalar(name, value ?? Number.NaN),
    })),
  );
}

/** The hyperparameters of a run, and for the result's own the summary. */
function summaryOf(run: TrackedRun, result: TrackedResult, started: number): StepEvent[] {
  const own = run === result.runs[0];
  // Trials are sessions, their seeds belong together. A result whose runs have no parameters of their own is one itself.
  const group = [resultName(result), ...run.names.slice(0, -1)].join('/');
  const session = Object.keys(run.parameters).length > 0;
  const events = [
    ...(own ? [{ time: started, value: markdown('summary', codeBlock(result.summary)) }] : []),
    ...(session
      ? [
          { time: started, value: sessionStart(run.parameters, group, started) },
          { time: started + run.seconds, value: sessionEnd(run.outcome, started + run.seconds) },
        ]
      : []),
  ];
  return events.map((event) => ({ ...event, step: 0 }));
}

/** Lines of Markdown that are shown as they are. */
function codeBlock(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** A name as that of a folder on any system, in which no part of it is one itself. */
function folderName(name: string): string {
  const plain = [...name]
    .map((letter) => (letter < ' ' || '<>:"/\\|?*'.includes(letter) ? '-' : letter))
    .slice(0, LONGEST_NAME)
    .join('')
    .replace(/[. ]+$/, '');
  // Devices of Windows, whatever follows after a point.
  return /^(con|prn|aux|nul|com\d|lpt\d)?(\..*)?$/i.test(plain) ? `run ${plain}`.trimEnd() : plain;
}

/** A path as file systems that take no notice of letter case compare it. */
function comparable(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Letters of a folder's name; four bytes each are still less than the 255 that systems allow. */
const LONGEST_NAME = 60;
