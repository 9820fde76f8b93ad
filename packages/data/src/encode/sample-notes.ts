import type { Table } from '../table.js';

/** Says of which rows a table is a sample; empty where it has all. */
export function sampleNotes({ rows, whole }: Table): string[] {
  if (!whole || rows === whole.usable) return [];
  const [sampled, all] = [rows, whole.usable].map((count) => count.toLocaleString('en-US'));
  return [`sampled ${sampled} of ${all} rows, seed ${whole.seed}`];
}
