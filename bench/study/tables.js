// Tables of the study: each kind draws its rows from a seed. Truth and noise are known, sizes and units vary.

/**
 * @typedef {() => number} Random uniform in [0, 1)
 * @typedef {{ inputs: { shape: number[], values: Float32Array }[], target: Float32Array, rows: number,
 *   classes: number | null, ids?: number }} Rows
 */

/** @param {Random} random */
export const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** @param {Random} random @param {number} least @param {number} most */
export const between = (random, least, most) => least * (most / least) ** random();
/** @template T @param {Random} random @param {readonly T[]} list @returns {T} */
export const oneOf = (random, list) => /** @type {T} */ (list[Math.floor(random() * list.length)]);
/** @param {Random} random @param {number} rows @param {number} columns */
const normals = (random, rows, columns) => Float32Array.from({ length: rows * columns }, () => normal(random));

/** Numbers from a random network of tanh units. @param {Random} random @param {number} inputs @param {number} outputs */
function teacher(random, inputs, outputs) {
  const width = 12;
  const first = Array.from({ length: width }, () => Array.from({ length: inputs + 1 }, () => normal(random)));
  const second = Array.from({ length: outputs }, () => Array.from({ length: width }, () => normal(random)));
  const scale = between(random, 0.5, 3) / Math.sqrt(inputs);
  /** @param {Float32Array} row */
  return (row) => {
    const hidden = first.map((weights) =>
      Math.tanh(weights.reduce((sum, weight, i) => sum + weight * (row[i] ?? 1) * scale, 0)),
    );
    return second.map((weights) =>
      weights.reduce((sum, weight, i) => sum + weight * /** @type {number} */ (hidden[i]), 0),
    );
  };
}

/** Columns in units of their own, as tables have them before they are scaled. @param {Random} random @param {Float32Array} values @param {number} columns */
export function inUnits(random, values, columns) {
  const spread = Array.from({ length: columns }, () => between(random, 0.05, 20));
  const shift = spread.map((size) => (random() < 0.5 ? 0 : size * 3 * random()));
  return values.map(
    (value, i) => value * /** @type {number} */ (spread[i % columns]) + /** @type {number} */ (shift[i % columns]),
  );
}

/** The kinds of tables: each a function of a stream of random numbers. */
export const tables = {
  /** A number from a teacher network, with noise that may have heavy tails. @param {Random} random @returns {Rows} */
  regression(random) {
    const rows = Math.round(between(random, 200, 3000));
    const columns = Math.round(between(random, 2, 40));
    const of = teacher(random, columns, 1);
    const noise = between(random, 0.02, 1);
    const heavy = random() < 0.3;
    const unit = random() < 0.3 ? between(random, 0.01, 100) : 1;
    const values = normals(random, rows, columns);
    const target = Float32Array.from({ length: rows }, (_, i) => {
      const error = heavy ? normal(random) / Math.max(0.2, Math.abs(normal(random))) : normal(random);
      const [value = 0] = of(values.subarray(i * columns, (i + 1) * columns));
      return unit * (value + noise * error);
    });
    const raw = random() < 0.25;
    return {
      rows,
      inputs: [{ shape: [columns], values: raw ? inUnits(random, values, columns) : values }],
      target,
      classes: null,
    };
  },
  /** The largest of a teacher network's outputs, some labels drawn anew. @param {Random} random @returns {Rows} */
  classes(random) {
    const rows = Math.round(between(random, 200, 3000));
    const columns = Math.round(between(random, 2, 60));
    const classes = oneOf(random, [2, 2, 3, 5, 10]);
    const of = teacher(random, columns, classes);
    const wrong = random() < 0.5 ? 0 : 0.25 * random();
    const values = normals(random, rows, columns);
    const target = Float32Array.from({ length: rows }, (_, i) => {
      const scores = of(values.subarray(i * columns, (i + 1) * columns));
      return random() < wrong ? Math.floor(random() * classes) : scores.indexOf(Math.max(...scores));
    });
    const raw = random() < 0.25;
    return {
      rows,
      inputs: [{ shape: [columns], values: raw ? inUnits(random, values, columns) : values }],
      target,
      classes,
    };
  },
  /** Pictures of bars and blobs; the class is the shape. @param {Random} random @returns {Rows} */
  pictures(random) {
    const rows = Math.round(between(random, 300, 1500));
    const side = oneOf(random, [8, 10, 12]);
    const classes = oneOf(random, [3, 4]);
    const noise = between(random, 0.1, 0.8);
    const target = new Float32Array(rows);
    const values = new Float32Array(rows * side * side);
    for (let row = 0; row < rows; row++) {
      const shape = Math.floor(random() * classes);
      target[row] = shape;
      const [y, x] = [1 + Math.floor(random() * (side - 4)), 1 + Math.floor(random() * (side - 4))];
      for (let k = 0; k < 3; k++) {
        const cells = [
          [y + k, x],
          [y, x + k],
          [y + k, x + k],
          [y + (k % 2), x + (k >> 1)],
        ];
        const [cy, cx] = /** @type {[number, number]} */ (cells[shape]);
        values[(row * side + cy) * side + cx] = 1;
      }
      for (let i = row * side * side; i < (row + 1) * side * side; i++)
        values[i] = /** @type {number} */ (values[i]) + noise * normal(random);
    }
    return { rows, inputs: [{ shape: [side, side, 1], values }], target, classes };
  },
  /** A noisy sum of sines; the target is the value after a window. @param {Random} random @returns {Rows} */
  waves(random) {
    const rows = Math.round(between(random, 200, 1500));
    const length = Math.round(between(random, 6, 24));
    const noise = between(random, 0.02, 0.4);
    const waves = Array.from({ length: 3 }, () => [between(random, 0.1, 1.5), random() * 6.3, random()]);
    const at = Float32Array.from({ length: rows + length + 1 }, (_, t) =>
      waves.reduce(
        (sum, [speed = 0, phase = 0, size = 0]) => sum + size * Math.sin(speed * t + phase),
        noise * normal(random),
      ),
    );
    const values = new Float32Array(rows * length);
    for (let row = 0; row < rows; row++) values.set(at.subarray(row, row + length), row * length);
    return { rows, inputs: [{ shape: [length, 1], values }], target: at.slice(length, length + rows), classes: null };
  },
  /** Sentences of words; the class is the kind of which there are most words. @param {Random} random @returns {Rows} */
  words(random) {
    const rows = Math.round(between(random, 300, 2000));
    const length = Math.round(between(random, 5, 20));
    const ids = Math.round(between(random, 20, 400));
    const classes = oneOf(random, [2, 3]);
    const kind = Array.from({ length: ids }, () => Math.floor(random() * (classes + 1)));
    const values = new Float32Array(rows * length);
    const target = Float32Array.from({ length: rows }, (_, row) => {
      const counts = new Array(classes + 1).fill(0);
      for (let i = 0; i < length; i++) {
        const word = Math.floor(ids * random() ** 2);
        values[row * length + i] = word;
        const at = kind[word] ?? 0;
        counts[at] = (counts[at] ?? 0) + 1;
      }
      return counts.slice(0, classes).indexOf(Math.max(...counts.slice(0, classes)));
    });
    return { rows, inputs: [{ shape: [length], values }], target, classes, ids };
  },
};
