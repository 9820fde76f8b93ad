import { InputError } from '@lrfind/core';
import { flagOptions } from '../shared/flags.js';
import { ScheduleOutput, ScheduleSources, ScheduleSteps } from './options.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { mostDrawn } from '../shared/outputs/picture-formats.js';
import { previewJson, scheduleFormats } from './formats.js';
import { type Preview, preview } from './preview.js';
import { type NamedSchedule, schedulesOfKeras, schedulesOfRuns, schedulesOfTexts } from './sources.js';
import { stepsShown } from './steps-shown.js';
import { scheduleTable } from './table.js';
import { scheduleChart } from './chart.js';
import { countText } from '../shared/terminal/numbers.js';

/**
 * `lrfind schedule "cosine(0.1, steps=1000)" …`: shows the learning rate of every step.
 *
 * @param texts schedules in their text form
 * @param flags what commander collected
 * @throws InputError for anything that the caller can mend; nothing is written then
 */
export async function schedule(texts: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<void> {
  const sources = flagOptions(ScheduleSources, flags);
  const { steps } = flagOptions(ScheduleSteps, flags);
  const output = flagOptions(ScheduleOutput, flags);
  if (texts.length + sources.keras.length + sources.run.length === 0) {
    throw new InputError(
      'no schedule is given; write one before the options, such as lrfind schedule "cosine(0.1, steps=1000)", or name a file with --keras or --run',
    );
  }
  await checkOutputs(output.out, scheduleFormats, '--out', [...sources.keras, ...sources.run]);

  const given = [...schedulesOfTexts(texts), ...(await schedulesOfKeras(sources.keras))];
  const { shown, training, why } = steps ? { shown: steps, training: steps, why: '' } : stepsShown(given);
  const schedules = [...given, ...(await schedulesOfRuns(sources.run, training))];
  checkNames(schedules);
  const all = preview(schedules, shown);
  if (output.log && all.schedules.every(({ rates }) => rates.every((rate) => rate === 0))) {
    throw new InputError('--log: a logarithmic axis needs a rate above 0, and all rates are 0');
  }
  await writeOutputs(output.out, scheduleFormats, { preview: all, picture: output });
  process.stdout.write(printed(all, output));
  if (output.quiet) return;
  if (why) process.stderr.write(`showing ${countText(shown)} steps, as ${why}; --steps shows another number\n`);
  process.stderr.write(output.out.map((path) => `wrote ${path}\n`).join(''));
}

function checkNames(schedules: readonly NamedSchedule[]): void {
  if (schedules.length > mostDrawn) {
    throw new InputError(`${schedules.length} schedules are too many for one picture, which has room for ${mostDrawn}`);
  }
  const names = schedules.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new InputError(`the schedule ${twice} is given twice`);
}

function printed(all: Preview, { json, quiet, log }: ScheduleOutput): string {
  if (json) return previewJson(all);
  const table = scheduleTable(all);
  return quiet ? table : `\n${[scheduleChart(all, log), table].filter(Boolean).join('\n\n')}\n`;
}
