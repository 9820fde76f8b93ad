import type { ScheduleOutput } from './options.js';
import { csvText } from '../shared/outputs/csv.js';
import type { Formats } from '../shared/outputs/output-files.js';
import { pictureFormats } from '../shared/outputs/picture-formats.js';
import type { Preview } from './preview.js';

/** A preview and how its pictures are wanted. */
export interface DrawnPreview {
  readonly preview: Preview;
  readonly picture: Pick<ScheduleOutput, 'width' | 'height' | 'dark' | 'log'>;
}

/** The forms in which schedules can be written, by file extension. */
export const scheduleFormats: Formats<DrawnPreview> = {
  ...pictureFormats(({ rateByStep }, { preview, picture: { width, height, dark, log } }: DrawnPreview) =>
    rateByStep(preview.schedules, { steps: preview.steps, log, width, height, theme: dark ? 'dark' : 'light' }),
  ),
  '.json': async ({ preview }) => previewJson(preview),
  '.csv': async ({ preview }) => previewCsv(preview),
};

/** All rates as JSON, with the config from which `resolveSchedule` makes the same schedule. */
export function previewJson({ steps, schedules }: Preview): string {
  const plain = schedules.map(({ name, schedule: { config }, rates, momenta }) => ({ name, config, rates, momenta }));
  return `${JSON.stringify({ format: 'lrfind-schedules', version: 1, steps, schedules: plain }, null, 1)}\n`;
}

/** A row for each step, a column for each schedule, and after them one for each that moves the momentum. */
function previewCsv({ steps, schedules }: Preview): string {
  const columns = [
    ...schedules.map(({ name, rates }) => ({ title: name, values: rates })),
    ...schedules.flatMap(({ name, momenta }) => (momenta ? [{ title: `momentum of ${name}`, values: momenta }] : [])),
  ];
  const header = ['step', ...columns.map(({ title }) => title)];
  const rows = Array.from({ length: steps }, (_, step) => [step, ...columns.map(({ values }) => values[step])]);
  return csvText([header, ...rows]);
}
