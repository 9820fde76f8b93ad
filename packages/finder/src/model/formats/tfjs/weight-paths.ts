import { isObject } from '@lrfind/core';
import { decodeText } from '@lrfind/data';

/**
 * The paths of the weight files that a model.json names. Whatever is damaged is left out, because reading the model reports
 * it.
 *
 * @param bytes of the model.json
 */
export function weightPaths(bytes: Uint8Array): string[] {
  const json = parsed(decodeText(bytes));
  const groups = isObject(json) && Array.isArray(json.weightsManifest) ? (json.weightsManifest as unknown[]) : [];
  const paths = groups.flatMap((group) => (isObject(group) && Array.isArray(group.paths) ? group.paths : []));
  return paths.filter((path: unknown) => typeof path === 'string');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
