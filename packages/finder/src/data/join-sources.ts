import { InputError } from '../errors.js';
import type { DataBlock, DataSource } from './data-source.js';

/**
 * Puts the rows of several tables one under the other, so that a training, its validation and its test gather their rows from one
 * uploaded table.
 *
 * @param sources made for the same model; at least one
 * @param names what messages call each of them
 * @returns all rows in the order of the sources; the notes of all
 * @throws InputError where the number or shape of inputs or targets differs
 */
export function joinSources(sources: readonly DataSource[], names: readonly string[]): DataSource {
  const [first, ...others] = sources as [DataSource, ...DataSource[]];
  if (others.length === 0) return first;
  for (const [i, other] of others.entries()) {
    for (const kind of ['inputs', 'targets'] as const) {
      const [wanted, came] = [shapes(first[kind]), shapes(other[kind])];
      if (wanted !== came)
        throw new InputError(
          `the ${kind} of ${names[i + 1]} have shapes ${came} a row, those of ${names[0]} ${wanted}`,
        );
    }
  }
  const join = (kind: 'inputs' | 'targets') =>
    first[kind].map((_, i) => joined(sources.map((each) => each[kind][i] as DataBlock)));
  return {
    rows: sources.reduce((sum, { rows }) => sum + rows, 0),
    inputs: join('inputs'),
    targets: join('targets'),
    notes: sources.flatMap(({ notes }) => notes),
  };
}

function shapes(blocks: readonly DataBlock[]): string {
  return blocks.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
}

function joined(blocks: readonly DataBlock[]): DataBlock {
  const [first] = blocks as [DataBlock];
  const whole = blocks.every(({ values }) => values instanceof Int32Array);
  const length = blocks.reduce((sum, { values }) => sum + values.length, 0);
  const values = whole ? new Int32Array(length) : new Float32Array(length);
  let at = 0;
  for (const block of blocks) {
    values.set(block.values, at);
    at += block.values.length;
  }
  return { ...first, values };
}
