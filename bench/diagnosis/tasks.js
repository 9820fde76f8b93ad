// What the measurements of this folder have in common: the tasks of the study that a folder of records has, one line of JSON each.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Measures each task that OUT does not have yet. Fine-tuned tasks are left out.
 *
 * @param {string} records the folder that bench/study/measure.js wrote
 * @param {string} out one line of JSON for each task
 * @param {(record: any) => Promise<object | null>} measure null leaves the task out
 */
export async function eachTask(records, out, measure) {
  const numbers = readLines(out).map(({ number }) => number);
  const files = readdirSync(records).filter((file) => /^\d+\.json$/.test(file));
  for (const file of files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))) {
    const record = JSON.parse(readFileSync(`${records}/${file}`, 'utf8'));
    if (record.refused || record.fineTunes || numbers.includes(record.number)) continue;
    const measured = await measure(record);
    if (!measured) continue;
    appendFileSync(out, `${JSON.stringify({ number: record.number, ...measured })}\n`);
    console.log(record.number, record.kind, record.optimizer.name, JSON.stringify(measured).slice(0, 160));
  }
}

/** @param {string} path @returns {any[]} */
export function readLines(path) {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((line) => (line ? [JSON.parse(line)] : []))
    : [];
}
