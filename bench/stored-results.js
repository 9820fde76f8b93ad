// The results that releases have stored.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where they are. */
export const resultsFolder = fileURLToPath(new URL('results/', import.meta.url));

/** Those of the latest release that has some. @returns {import('./measures.js').Results | undefined} */
export function lastResults() {
  const names = existsSync(resultsFolder) ? readdirSync(resultsFolder).filter((name) => name.endsWith('.json')) : [];
  const latest = names.sort(new Intl.Collator('en', { numeric: true }).compare).at(-1);
  return latest === undefined ? undefined : JSON.parse(readFileSync(`${resultsFolder}${latest}`, 'utf8'));
}
