import type { ReportedResult } from '@lrfind/plots';
import type { Formats } from '../shared/outputs/output-files.js';

/** What a report is made of. */
export interface Reported {
  readonly documents: readonly ReportedResult[];
  readonly title: string | undefined;
}

/** The forms in which a report can be written, by file extension. The charts are loaded when it is written: Vega takes its time. */
export const reportFormats: Formats<Reported> = {
  '.html': async ({ documents, title }) => (await import('@lrfind/plots')).renderReport(documents, { title }),
};
