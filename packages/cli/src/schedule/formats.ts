import { csvText } from '../shared/outputs/csv.js';
import type { Formats } from '../shared/outputs/output-files.js';
import { pictureFormats } from '../shared/outputs/pictures.js';
import type { ScheduleOutput } from './options.js';
import type { Preview } from './preview.js';

/** A preview, and how to draw it. */
export interface DrawnPreview {
  readonly preview: Preview;
  readonly picture: Pick<ScheduleOutput, 'width' | 'height' | 'scaleFactor' | 'dark' | 'log'>;
}

/** The formats of a preview by file extension. */
export const scheduleFormats: Formats<DrawnPreview> = {
  ...pictureFormats(specOf),
  '.json': async ({ preview }) => previewJson(preview),
  '.csv': async ({ preview }) => previewCsv(preview),
};

async function specOf({ preview: { schedules, steps }, picture: { width, height, dark, log } }: DrawnPreview) {
  const { rateByStep } = await import('@lrfind/plots');
  return rateByStep(schedules, { steps, log, width, height, theme: dark ? 'dark' : 'light' });
}

/** All rates as JSON, with the config from which `resolveSchedule` makes the same schedule. */
export function previewJson({ steps, schedules }: Preview): string {
  const plain = schedules.map(({ name, schedule: { config }, rates, momenta }) => ({ name, config, rates, momenta }));
  return `${JSON.stringify({ format: 'lrfind-schedules', version: 1, steps, schedules: plain }, null, 1)}\n`;
}

/** One row for each step; a column for the rates of each schedule, then one for each momentum. */
function previewCsv({ steps, schedules }: Preview): string {
  const columns = [
    ...schedules.map(({ name, rates }) => ({ title: name, values: rates })),
    ...schedules.flatMap(({ name, momenta }) => (momenta ? [{ title: `momentum of ${name}`, values: momenta }] : [])),
  ];
  const header = ['step', ...columns.map(({ title }) => title)];
  const rows = Array.from({ length: steps }, (_, step) => [step, ...columns.map(({ values }) => values[step])]);
  return csvText([header, ...rows]);
}
