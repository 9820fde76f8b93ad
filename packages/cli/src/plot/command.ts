import { readResult } from '../files/read-result.js';
import { outputOf } from '../results.js';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { checkAxes, checkDrawable, resultFormats } from '../shared/outputs/result-output.js';
import { PlotOptions } from './options.js';

/**
 * `lrfind plot result.json -o …`: draws a stored result again, or writes it as a table.
 *
 * @throws InputError for a file that is not a result, for a chart of another kind, or an output that cannot be written
 */
export async function plot(path: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { out, ...picture } = flagOptions(PlotOptions, flags);
  const result = await readResult(path);
  await checkAxes(picture, result.format === 'lrfind-sweep');
  await named(
    '--chart',
    async () => picture.chart && (await import('@lrfind/plots/charts')).chartFor(result, picture.chart),
  );
  const formats = resultFormats(outputOf(result));
  await checkOutputs(out, formats, '--out', [{ option: 'plot', path }]);
  await checkDrawable(out, { result, picture });
  await writeOutputs(out, formats, { result, picture });
  process.stderr.write(`${out.map((file) => `wrote ${file}`).join('\n')}\n`);
}
