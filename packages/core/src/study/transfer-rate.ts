import { assertOptions, notAllowed, notOneOf } from '../errors.js';
import { roundToFloat32 } from '../float32.js';
import { RATE_LIMITS } from '../rate-limits.js';

/** What differs in another training, each as a factor: 2 is twice as much, 0.5 half as much. Left out: the same. */
export interface TrainingChange {
  /** Rows in a batch, at the same number of epochs: twice the batch size is half the steps. */
  readonly batchSize?: number | undefined;
  /** Units of all hidden layers. */
  readonly width?: number | undefined;
  /** Training steps, at the same batch size: more epochs. With `{ batchSize: 4, steps: 4 }` the number of steps stays. */
  readonly steps?: number | undefined;
}

/** A learning rate for another training, and how far to trust it. */
export interface TransferredRate {
  /** Null where the measurements support no advice for one of the changes. */
  readonly learningRate: number | null;
  /** The best rate moved to `learningRate` within this factor, up or down, in 80 % of the measured networks; at least 1. */
  readonly factor: number | null;
  /** A sentence for each quantity that changes: the exponent, its scatter and its source, or why there is no advice. */
  readonly notes: readonly string[];
}

/** By which power of a quantity the best rate grows. */
interface Exponent {
  readonly quantity: keyof TrainingChange;
  /** Name of the optimizer with which it was measured. */
  readonly optimizer: string;
  readonly exponent: number;
  /** Standard deviation of the exponent between networks, the noise of their measurement included. */
  readonly scatter: number;
  readonly source: string;
}

const outside = 'HPOBench: 24,000 networks on eight tables';
const own = '5 networks, scaled and raw features, momentum 0.9';

/** What was measured. `bench/transfer` and `bench/outside-table` have the programs. */
const exponents: readonly Exponent[] = [
  { quantity: 'batchSize', optimizer: 'adam', exponent: 0.52, scatter: 0.19, source: outside },
  { quantity: 'width', optimizer: 'adam', exponent: -0.54, scatter: 0.23, source: outside },
  {
    quantity: 'steps',
    optimizer: 'adam',
    exponent: -0.32,
    scatter: 0.16,
    source: 'HPOBench: 10 networks, 96 steps against whole trainings',
  },
  { quantity: 'batchSize', optimizer: 'sgd', exponent: 0.55, scatter: 0.62, source: own },
  { quantity: 'width', optimizer: 'sgd', exponent: -0.26, scatter: 0.3, source: own },
  { quantity: 'steps', optimizer: 'sgd', exponent: -0.43, scatter: 0.47, source: own },
];

const names = { batchSize: 'batch size', width: 'width', steps: 'number of steps' } as const;
const quantities = Object.keys(names) as (keyof TrainingChange)[];

/** Optimizers of which something was measured. */
export const transferOptimizers: readonly string[] = [...new Set(exponents.map(({ optimizer }) => optimizer))];

/** The least and the greatest factor: beyond, a power law measured over a factor of 64 says nothing. */
export const TRANSFER_LIMITS = [1e-3, 1e3] as const;

/** So many standard deviations of a normal distribution hold 80 %. */
const DEVIATIONS_80 = 1.2816;

/**
 * The learning rate for a training with another batch size, width or length, from the best rate of one that is known: each
 * quantity multiplies it by its factor to the power of a measured exponent.
 *
 * The exponents are measured on dense networks and scatter from network to network, which `factor` says. They tell nothing of how
 * good the known rate is. A quantity whose exponent scatters as much as it moves the rate gets no advice; of SGD that is each.
 *
 * @param rate the best constant rate of the known training, above 0
 * @param change what differs, as factors from 0.001 to 1000; at least one
 * @param optimizer name of the optimizer of both trainings; only `adam` and `sgd` were measured
 * @throws InputError for a rate or factor out of its range, an unknown quantity, no change at all, and an optimizer that was not
 *   measured
 *
 * @example
 * const { learningRate, factor } = transferRate(1e-3, { batchSize: 4 }, 'adam'); // 0.00206, within a factor of 1.4
 */
export function transferRate(rate: number, change: TrainingChange, optimizer: string): TransferredRate {
  const [least, most] = RATE_LIMITS;
  const [fewest, greatest] = TRANSFER_LIMITS;
  if (!(typeof rate === 'number' && rate >= least && rate <= most))
    throw notAllowed('rate', `a number from ${least} to ${most}`, rate);
  assertOptions(change, quantities, 'change');
  const changed = quantities.filter((quantity) => change[quantity] !== undefined);
  if (changed.length === 0) throw notAllowed('change', `one of ${quantities.join(', ')} at least`, change);
  for (const quantity of changed) {
    const by: unknown = change[quantity];
    if (!(typeof by === 'number' && by >= fewest && by <= greatest))
      throw notAllowed(quantity, `a factor from ${fewest} to ${greatest}`, by);
  }
  if (!transferOptimizers.includes(optimizer)) throw notOneOf('optimizer', transferOptimizers, optimizer);
  const found = changed.map((quantity) => ({
    quantity,
    by: Math.log10(change[quantity] as number),
    row: exponents.find((each) => each.quantity === quantity && each.optimizer === optimizer),
  }));
  const rows = found.flatMap(({ by, row }) => (row && holds(row) ? [{ by, ...row }] : []));
  const isAdvised = rows.length === changed.length;
  const moved = rows.reduce((sum, { by, exponent }) => sum + by * exponent, 0);
  const deviation = Math.hypot(...rows.map(({ by, scatter }) => by * scatter));
  return {
    learningRate: isAdvised ? roundToFloat32(rate * 10 ** moved) : null,
    factor: isAdvised ? roundToFloat32(10 ** (DEVIATIONS_80 * deviation)) : null,
    notes: found.map(({ quantity, row }) => note(names[quantity], optimizer, row)),
  };
}

/** Whether an exponent says more than its scatter takes away. */
function holds({ exponent, scatter }: Exponent): boolean {
  return Math.abs(exponent) > scatter;
}

function note(name: string, optimizer: string, row: Exponent | undefined): string {
  if (!row) return `${name}: not measured for ${optimizer}, so no advice`;
  const { exponent, scatter, source } = row;
  const text = `${name}: the best rate went with its power ${exponent} ± ${scatter} (${source})`;
  return holds(row) ? text : `${text}; that scatters as much as it moves the rate, so no advice`;
}
