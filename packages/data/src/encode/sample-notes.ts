import { InputError } from '@lrfind/core';
import type { Table } from '../table.js';

/** Says of which rows a table is a sample; empty where it has all. */
export function sampleNotes({ rows, whole }: Table): string[] {
  if (!whole || rows === whole.usable) return [];
  const [sampled, all] = [rows, whole.usable].map((count) => count.toLocaleString('en-US'));
  return [`sampled ${sampled} of ${all} rows, seed ${whole.seed}`];
}

/**
 * The error about a sample where all rows are needed.
 *
 * @param option what needs them
 * @param why it does
 */
export function notAllRows({ source, rows, whole }: Table, option: string, why: string): InputError {
  const [sampled, all] = [rows, whole?.usable ?? rows].map((count) => count.toLocaleString('en-US'));
  return new InputError(
    `${option} must be used with a table that has all rows, because ${why}; got a sample of ${sampled} of ${all} rows of ${source}: read it with readTable`,
  );
}
