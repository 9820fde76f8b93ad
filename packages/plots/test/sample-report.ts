import type { Result } from '@lrfind/core/results';
import { JSDOM } from 'jsdom';
import { type ReportedResult, type ReportOptions, renderReport } from '../src/index.js';
import { sampleSweep } from './sample-sweep.js';
import { sampleComparison, sampleHistory } from './sample-training.js';

/** A result of each kind. */
export const samples = {
  sweep: sampleSweep({ validationEvery: 10, steps: 60 }),
  training: sampleHistory({ epochs: 8, rate: (step) => 0.001 * (1 + Math.cos((Math.PI * step) / 800)) }),
  comparison: sampleComparison({
    'adam, 0.001': { epochs: 6, left: 0.4 },
    'cosine(0.01, steps=600)': { epochs: 6, left: 0.6, rate: (step) => 0.005 * (1 + Math.cos((Math.PI * step) / 600)) },
    '1': { epochs: 6, divergedAt: 250 },
  }),
} satisfies Record<string, Result>;

/** The page of results, as text and as a browser would read it. */
export async function pageOf(
  documents: readonly (Result | ReportedResult)[],
  options: ReportOptions = {},
): Promise<{ html: string; page: Document; window: JSDOM['window'] }> {
  const html = await renderReport(
    documents.map((document) => ('result' in document ? document : { result: document })),
    options,
  );
  const { window } = new JSDOM(html);
  return { html, page: window.document, window };
}

/** The texts of the elements that a selector finds, with single spaces. */
export function textsOf(page: ParentNode, selector: string): string[] {
  return [...page.querySelectorAll(selector)].map(({ textContent }) => (textContent ?? '').replace(/\s+/g, ' ').trim());
}
