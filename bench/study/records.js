import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { InputError } from '@lrfind/core';

/**
 * Measures tasks that a folder has no record of, and writes each record (FOLDER/NUMBER.json) when it is complete, so that a run can
 * be interrupted. A task that lrfind refuses has a record with the reason.
 *
 * @param {string} folder @param {readonly number[]} numbers
 * @param {(number: number) => Promise<any>} measure
 * @param {(record: any, seconds: number) => void} onRecord
 */
export async function recordEach(folder, numbers, measure, onRecord) {
  mkdirSync(folder, { recursive: true });
  for (const number of numbers) {
    const file = `${folder}/${number}.json`;
    if (existsSync(file)) continue;
    const clock = performance.now();
    const record = await measure(number).catch((error) => {
      if (!(error instanceof InputError)) throw error;
      return { number, refused: error.message };
    });
    writeFileSync(`${file}.part`, JSON.stringify(record));
    renameSync(`${file}.part`, file);
    onRecord(record, (performance.now() - clock) / 1000);
  }
}

/** Rates at equal distances, from one exponent of ten to another. @param {number} from @param {number} to @param {number} perDecade */
export function grid(from, to, perDecade) {
  const first = Math.round(from * perDecade);
  return Array.from({ length: Math.round(to * perDecade) - first + 1 }, (_, i) =>
    Number((10 ** ((first + i) / perDecade)).toPrecision(6)),
  );
}

/** The loss on the validation rows at the end of a training; null where it diverged. @param {Pick<import('lrfind').Training, 'outcome' | 'evaluations'>} training */
export function finalLoss({ outcome, evaluations }) {
  return outcome === 'finished' ? (evaluations.at(-1)?.validation?.loss ?? null) : null;
}

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
