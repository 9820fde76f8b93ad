import { InputError } from '@lrfind/finder';
import { readRun } from '@lrfind/finder/files';
import { flagOptions } from '../flags.js';
import { checkOutputs, writeOutputs } from '../output-files.js';
import { PlotOptions } from '../plot-options.js';
import { runFormats } from '../run-formats.js';

/**
 * `lrfind plot run.json --out …`: draws a stored run again.
 *
 * @throws InputError for a file that is no run, or an output that cannot be written
 */
export async function plot(path: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { out, ...picture } = flagOptions(PlotOptions, flags);
  if (out.length === 0) throw new InputError('--out is missing: name a file to draw to, such as --out run.svg');
  await checkOutputs(out, runFormats, '--out', [path]);
  const run = await readRun(path);
  await writeOutputs(out, runFormats, { run, picture });
  process.stderr.write(`${out.map((file) => `wrote ${file}`).join('\n')}\n`);
}
