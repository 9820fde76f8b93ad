import { InputError } from '@lrfind/core';
import { readResult } from '../files/read-result.js';
import { flagOptions } from '../shared/flags.js';
import { PlotOptions } from '../shared/picture-options.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { formatsOf } from '../shared/outputs/result-formats.js';

/**
 * `lrfind plot result.json --out …`: draws a stored result again.
 *
 * @throws InputError for a file that is no result, or an output that cannot be written
 */
export async function plot(path: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { out, ...picture } = flagOptions(PlotOptions, flags);
  if (out.length === 0) throw new InputError('--out is missing: name a file to draw to, such as --out run.svg');
  const result = await readResult(path);
  const formats = formatsOf(result);
  await checkOutputs(out, formats, '--out', [path]);
  await writeOutputs(out, formats, { result, picture });
  process.stderr.write(`${out.map((file) => `wrote ${file}`).join('\n')}\n`);
}
