import type { Result } from '@lrfind/core/results';
import type { ReportedResult } from '@lrfind/plots';
import type { ResultOutput } from './outputs/result-output.js';
import { reproduce } from './reproduce.js';

/**
 * A result as a report takes it, with what only the command line knows about it.
 *
 * @param file name of the file that it was read from
 */
export function reported<Kind extends Result>(
  output: Pick<ResultOutput<Kind>, 'command' | 'flags' | 'defaults' | 'before' | 'code'>,
  result: Kind,
  file?: string,
): ReportedResult<Kind> {
  return { result, file, command: reproduce(output, result.options), code: output.code?.(result) };
}
