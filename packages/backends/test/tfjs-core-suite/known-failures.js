import { existsSync, readFileSync } from 'node:fs';

/**
 * The specs that are known to fail on a backend: names by reason. A backend without a list has none.
 *
 * @param {string} backend
 * @returns {Record<string, string[]>}
 */
export function knownFailures(backend) {
  const file = new URL(`known-failures/${backend}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/**
 * Compares failures with that list.
 *
 * @param {string} backend
 * @param {import('./run-suite.js').Failure[]} failures
 * @returns the failures that are not in the list, and the names in the list that did not fail
 */
export function compareWithKnown(backend, failures) {
  const known = new Set(Object.values(knownFailures(backend)).flat());
  const failed = new Set(failures.map(({ name }) => name));
  return {
    unknown: failures.filter(({ name }) => !known.has(name)),
    fixed: [...known].filter((name) => !failed.has(name)),
  };
}
