import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import { flagName } from '../shared/flags.js';
import { awaitOutput } from '../shared/outputs/output-files.js';
import { mlflow } from './mlflow/mlflow.js';
import { tensorBoard } from './tensorboard/tensorboard.js';
import type { Tracker, TrackerKind } from './tracker.js';

/** Every tracker by the name of its option. */
const trackers: Readonly<Record<string, TrackerKind>> = { tensorboard: tensorBoard, mlflow };

/** Where the runs are stored besides. */
export const TrackerOptions = Type.Object(
  Object.fromEntries(Object.entries(trackers).map(([name, { option }]) => [name, option])),
  closed,
);

/**
 * The trackers that were chosen, each checked.
 *
 * @param given by `TrackerOptions`
 * @throws InputError where one of them cannot store anything; nothing is stored yet
 */
export async function openTrackers(given: Readonly<Record<string, unknown>>): Promise<Tracker[]> {
  const opened: Tracker[] = [];
  for (const [name, kind] of Object.entries(trackers)) {
    const place = given[name];
    if (typeof place === 'string') opened.push(await kind.open(place, flagName(name)));
  }
  if (opened.length > 0) awaitOutput();
  return opened;
}

/** The picture that trackers get, as a path of an output; none without trackers. */
export function picturesOf(given: Readonly<Record<string, unknown>>): string[] {
  return Object.values(given).some((place) => place !== undefined) ? ['chart.png'] : [];
}
