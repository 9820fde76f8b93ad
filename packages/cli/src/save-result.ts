import { assertOptions, InputError, isObject, shownValue } from '@lrfind/core';
import type { Result } from '@lrfind/core/results';
import type { DrawnResult } from './shared/outputs/result-output.js';

/**
 * Saves a result: as a picture (`.png`, `.svg`), as JSON that `readResult` and `lrfind plot` read (`.json`), or its
 * measurements as a table (`.csv`). An existing file is replaced once the new one is complete.
 *
 * @param result of `findLearningRate`, `train` or `compare`
 * @param paths one file or several
 * @param picture `width` (360 to 4000; default 800) and `height` (300 to 4000; default: in proportion) in CSS pixels,
 *   `scaleFactor`: pixels of a PNG for each of these (default: 1 where a size is given, else 2), `dark` (default false),
 *   `x` and `y`: both ends of the horizontal axis and of that of losses (default: what was measured), `logLoss`: whether that is
 *   logarithmic (default: of trainings whose losses span a decade),
 *   `chart`: a name from `charts` (default: the first for the kind of result)
 * @throws InputError for an unknown extension or chart, for two paths of the same file, and for a file that cannot be written
 *
 * @example
 * await saveResult(await findLearningRate(model, { xs, ys }), ['sweep.png', 'sweep.json']);
 */
export async function saveResult(
  result: Result,
  paths: string | readonly string[],
  picture: DrawnResult['picture'] = {},
): Promise<void> {
  // Loaded only now: with it come the command's options and summaries.
  const { outputOf, resultOutputs } = await import('./results.js');
  const { checkOutputs, writeOutputs } = await import('./shared/outputs/output-files.js');
  const { checkDrawable, resultFormats } = await import('./shared/outputs/result-output.js');
  if (!Object.hasOwn(resultOutputs, (result as Result | undefined)?.format ?? ''))
    throw new InputError(
      `result must be a result of findLearningRate, train or compare; got ${result instanceof Promise ? 'a promise; await it first' : shownValue(isObject(result) ? Object.keys(result) : result)}`,
    );
  assertOptions(picture, ['width', 'height', 'scaleFactor', 'dark', 'chart', 'x', 'y', 'logLoss']);
  const files = [paths].flat() as string[];
  const formats = resultFormats(outputOf(result));
  await checkOutputs(files, formats, 'path', []);
  await checkDrawable(files, { result, picture });
  await writeOutputs(files, formats, { result, picture });
}
