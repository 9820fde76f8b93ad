import { countText, InputError, RATE_LIMITS } from '@lrfind/core';
import { flagOptions } from '../shared/flag-values.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { checkSeries } from '../shared/outputs/result-output.js';
import { previewJson, scheduleFormats } from './formats.js';
import { ScheduleOutput, ScheduleSources, ScheduleSteps } from './options.js';
import { type Preview, preview, stepsShown } from './preview.js';
import { type NamedSchedule, schedulesOfKeras, schedulesOfResults, schedulesOfTexts } from './sources.js';
import { scheduleChart, scheduleTable } from './summary.js';

/**
 * `lrfind schedule "cosine(0.1, steps=1000)" …`: shows the learning rate of every step.
 *
 * @param texts schedules in their text form
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function schedule(texts: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { fromKeras, fromResult } = flagOptions(ScheduleSources, flags);
  const { steps } = flagOptions(ScheduleSteps, flags);
  const output = flagOptions(ScheduleOutput, flags);
  if (texts.length + fromKeras.length + fromResult.length === 0) {
    throw new InputError(
      'a schedule must be given: as text, such as lrfind schedule "cosine(0.1, steps=1000)", or in a file with --from-keras or --from-result',
    );
  }
  const files = { '--from-keras': fromKeras, '--from-result': fromResult };
  const inputs = Object.entries(files).flatMap(([option, paths]) => paths.map((path) => ({ option, path })));
  await checkOutputs(output.out, scheduleFormats, '--out', inputs);

  const given = [...schedulesOfTexts(texts, steps), ...(await schedulesOfKeras(fromKeras))];
  const { shown, training, why } = steps ? { shown: steps, training: steps, why: '' } : stepsShown(given);
  const schedules = [...given, ...(await schedulesOfResults(fromResult, training))];
  checkNames(schedules);
  await checkSeries(schedules.length, 'schedules');
  const all = preview(schedules, shown);
  if (output.log && all.schedules.every(({ rates }) => rates.every((rate) => rate < RATE_LIMITS[0])))
    throw new InputError('--log needs a rate above 0; all rates are 0');
  await writeOutputs(output.out, scheduleFormats, { preview: all, picture: output }, () => {
    process.stdout.write(printed(all, output));
  });
  if (output.quiet) return;
  if (why) process.stderr.write(`showing ${countText(shown)} steps, because ${why}; --steps shows another number\n`);
  process.stderr.write(output.out.map((path) => `wrote ${path}\n`).join(''));
}

function checkNames(schedules: readonly NamedSchedule[]): void {
  const names = schedules.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new InputError(`each schedule must be given once; got ${twice} twice`);
}

function printed(all: Preview, { json, quiet, log }: ScheduleOutput): string {
  if (json) return previewJson(all);
  const table = scheduleTable(all);
  return quiet ? table : `\n${[scheduleChart(all, log), table].filter(Boolean).join('\n\n')}\n`;
}
