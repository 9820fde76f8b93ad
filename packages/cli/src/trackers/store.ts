import { stripVTControlCharacters } from 'node:util';
import type { Result } from '@lrfind/core/results';
import { type DrawnResult, type ResultOutput, resultFormats, resultJson } from '../shared/outputs/result-output.js';
import type { TrackedResult } from './tracked-result.js';
import type { Tracker } from './tracker.js';

/**
 * What stores a result in trackers, for `writeOutputs`, one function each.
 *
 * @param kind how such a result is printed and drawn
 * @param runs of the result
 * @param places gets where each tracker has stored it
 */
export function storing<Kind extends Result>(
  trackers: readonly Tracker[],
  kind: ResultOutput<Kind>,
  drawn: DrawnResult<Kind>,
  runs: (result: Kind) => TrackedResult['runs'],
  places: string[],
): (() => Promise<void>)[] {
  const { result } = drawn;
  const picture = async () => {
    const png = await resultFormats(kind)['.png']?.(drawn);
    return (typeof png === 'function' ? await png() : png) as Uint8Array;
  };
  return trackers.map((store) => async () => {
    const tracked: TrackedResult = {
      command: kind.command.replace(/^lrfind ?/, '') || 'find',
      started: Date.parse(result.environment.started),
      // A terminal may have colours.
      summary: stripVTControlCharacters(kind.summary(result)),
      json: resultJson(result),
      picture,
      runs: runs(result),
    };
    places.push(await store(tracked));
  });
}
