// From the losses of measure.js to exponents: by which power of the batch size, the width and the number of steps the best rate grows,
// all else the same. Prints mean ± standard deviation over networks, and how many they are.
//
//   node bench/transfer/exponents.js FILE
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('the file must be named: node bench/transfer/exponents.js FILE');

/**
 * @typedef {{ exponent: number, losses: (number | null)[][] }} Tried losses by seed, then after the short and the long training
 * @typedef {{ number: number, raw: boolean, optimizer: { name: string }, variant: number, batchSize: number, width: number, rates: Tried[] }} Line
 */
/** @type {Line[]} */
const lines = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The logarithm of the best rate: where the parabola through the lowest mean loss and its neighbours is lowest; null at an end. A
 * loss counts at most ten times as far above the lowest as the median is, as in a verification.
 *
 * @param {readonly Tried[]} rates @param {number} length
 */
function bestLogRate(rates, length) {
  const finite = rates.flatMap(({ losses }) => losses.flatMap((each) => each[length] ?? [])).toSorted((a, b) => a - b);
  if (finite.length === 0) return null;
  const [least = 0, middle = 0] = [finite[0], finite[finite.length >> 1]];
  const cap = least + 10 * (middle - least);
  const levels = rates.map(({ losses }) => mean(losses.map((each) => Math.min(each[length] ?? cap, cap))));
  const i = levels.indexOf(Math.min(...levels));
  const [y0, y1, y2] = [levels[i - 1], levels[i], levels[i + 1]];
  const [left, at] = [rates[i - 1]?.exponent, rates[i]?.exponent];
  if (y0 === undefined || y1 === undefined || y2 === undefined || left === undefined || at === undefined) return null;
  return at + ((at - left) / 2) * ((y0 - y2) / (y0 - 2 * y1 + y2));
}

/** Slope of a line through points. @param {readonly (readonly [number, number])[]} points */
function slope(points) {
  const [x, y] = [mean(points.map(([each]) => each)), mean(points.map(([, each]) => each))];
  return (
    points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
  );
}

const short = 0;
const long = 1;
/** The exponents that the lines of one network, optimizer and kind of features give. @param {readonly Line[]} own */
function exponentsOf(own) {
  /** @param {readonly Line[]} some @param {'batchSize' | 'width'} what @param {number} length */
  const along = (some, what, length) => {
    const points = some.flatMap((line) => {
      const best = bestLogRate(line.rates, length);
      return best === null ? [] : [/** @type {const} */ ([Math.log10(line[what]), best])];
    });
    return points.length > 1 ? [slope(points)] : [];
  };
  const ofBatch = own.filter(({ width }) => width === 1);
  const ofWidth = own.filter(({ batchSize }) => batchSize === 64);
  /** The best rate of a batch size after a length. @param {number} batchSize @param {number} length */
  const bestOf = (batchSize, length) => {
    const line = ofBatch.find((each) => each.batchSize === batchSize);
    return line ? bestLogRate(line.rates, length) : null;
  };
  // Four times the rows in a batch and a quarter of the steps: as many epochs.
  const sameEpochs = [16, 64].flatMap((batchSize) => {
    const [from, to] = [bestOf(batchSize, long), bestOf(4 * batchSize, short)];
    return from === null || to === null ? [] : [(to - from) / Math.log10(4)];
  });
  return {
    'batch size, same epochs': sameEpochs,
    'batch size, short': along(ofBatch, 'batchSize', short),
    'batch size, long': along(ofBatch, 'batchSize', long),
    'width, short': along(ofWidth, 'width', short),
    'width, long': along(ofWidth, 'width', long),
    steps: own.flatMap(({ rates }) => {
      const [from, to] = [bestLogRate(rates, short), bestLogRate(rates, long)];
      return from === null || to === null ? [] : [(to - from) / Math.log10(4)];
    }),
  };
}

/** Which lines a row is of: an optimizer with scaled features, with raw ones, and with both. */
const groups = [...new Set(lines.map(({ optimizer }) => optimizer.name))].toSorted().flatMap((name) =>
  [[false], [true], [false, true]].map((kinds) => ({
    label: `${name}, ${kinds.map((raw) => (raw ? 'raw' : 'scaled')).join(' and ')}`,
    own: lines.filter(({ optimizer, raw }) => optimizer.name === name && kinds.includes(raw)),
  })),
);
const quantities = [
  'batch size, same epochs',
  'batch size, short',
  'batch size, long',
  'width, short',
  'width, long',
  'steps',
];
/** @param {readonly number[]} values */
const shown = (values) => {
  if (values.length === 0) return '–';
  const centre = mean(values);
  const spread = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return `${centre.toFixed(2)} ± ${spread.toFixed(2)} (${values.length})`;
};
console.log(`| optimizer, features | ${quantities.join(' | ')} |\n| ${'--- | '.repeat(quantities.length + 1)}`);
for (const { label, own } of groups) {
  const each = [...new Set(own.map(({ number, raw }) => `${number} ${raw}`))].map((key) =>
    exponentsOf(own.filter(({ number, raw }) => `${number} ${raw}` === key)),
  );
  const cells = quantities.map((name) => shown(each.flatMap((of) => of[/** @type {keyof typeof of} */ (name)])));
  console.log(`| ${label} | ${cells.join(' | ')} |`);
}
