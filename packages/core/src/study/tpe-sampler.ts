import { type Random, seededRandom } from '../random.js';
import { square, standardDeviation } from '../statistics.js';
import {
  configurationAt,
  dimensionsOf,
  indexAt,
  isNew,
  type Point,
  randomPoints,
  type Sampler,
  type SearchSpace,
} from './search-space.js';

// The values of these were chosen on other tasks than those on which the method was judged: see bench/README.md.

/** So many configurations are drawn at random before anything is known of the space. */
const STARTUP = 10;
/** This share of the tried ones counts as good, … */
const GOOD_SHARE = 0.15;
/** … but no more than these, so that what is good does not grow vague. */
const MOST_GOOD = 25;
/** So many are drawn near the good ones, of which the most promising is taken. */
const CANDIDATES = 24;
/** Widths of kernels, in shares of a dimension. A narrow one would look for what is noise. */
const LEAST_WIDTH = 0.2;
/** The width as a share of that which suits normally distributed values (Scott's rule). */
const WIDTH_FACTOR = 0.53;
/** The width around a single good one, before the least is applied. */
const WIDTH_OF_ONE = 0.16;
/** The share with which a kernel takes any value of a dimension without order. */
const OTHER_VALUES = 0.2;

/**
 * Draws configurations near those that did well: a tree-structured Parzen estimator (Bergstra et al., Algorithms for Hyper-Parameter
 * Optimization, 2011) whose kernels span all dimensions together (Falkner et al., BOHB, 2018), since a rate is good for an optimizer and not
 * by itself. The first ten are those of {@link randomSampler}. Then the tried ones are divided into the good and the others. Each part is
 * a density: the mean of a kernel at each of them, and of the uniform density. Of candidates from the density of the good ones, that
 * is taken whose density among the good is highest relative to that among the others.
 *
 * @param seed equal seeds and equal ranks give equal configurations
 */
export function tpeSampler(space: SearchSpace, seed: number): Sampler {
  const dimensions = dimensionsOf(space)
    .map((dimension, index) => ({ ...dimension, index }))
    .filter(({ values }) => values > 1);
  const random = seededRandom(seed, 'search', 'tpe');
  const drawn = new Set<string>();
  const anywhere = randomPoints(space, seed, drawn);
  const points: Point[] = [];

  const promising = (ranked: readonly number[]): Point | undefined => {
    const tried = ranked.map((number) => points[number] as Point);
    const count = Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * tried.length));
    const good = density(tried.slice(0, count), dimensions);
    const others = density(tried.slice(count), dimensions);
    const candidates = Array.from({ length: CANDIDATES }, () => good.draw(random)).map((point) => ({
      point,
      promise: Math.log(good.at(point)) - Math.log(others.at(point)),
    }));
    return candidates
      .toSorted((a, b) => b.promise - a.promise)
      .map(({ point }) => point)
      .find((point) => isNew(space, point, drawn));
  };
  return {
    draw(ranked) {
      const point = (ranked.length < STARTUP ? undefined : promising(ranked)) ?? anywhere();
      points.push(point);
      return configurationAt(space, point);
    },
  };
}

/** A dimension with more than one value. */
type Dimension = ReturnType<typeof dimensionsOf>[number] & { readonly index: number };

/** The density of points: the mean of a kernel at each, and of the uniform density. */
function density(points: readonly Point[], dimensions: readonly Dimension[]) {
  const widths = dimensions.map(({ index }) =>
    widthOf(
      points.map((point) => point[index] as number),
      dimensions.length,
    ),
  );
  const kernel = (center: Point, point: Point) =>
    dimensions.reduce((product, dimension, i) => {
      const [middle, at] = [center[dimension.index] as number, point[dimension.index] as number];
      return (
        product *
        (dimension.isOrdered ? truncatedNormal(at, middle, widths[i] as number) : sameValue(at, middle, dimension))
      );
    }, 1);
  return {
    at: (point: Point) => points.reduce((sum, center) => sum + kernel(center, point), 1) / (points.length + 1),
    draw(random: Random): Point {
      const center = points[Math.floor(random() * (points.length + 1))];
      const point = [0, 0, 0, 0, 0];
      for (const [i, { index, isOrdered }] of dimensions.entries()) {
        const middle = center?.[index];
        const isElsewhere = middle === undefined || (!isOrdered && random() < OTHER_VALUES);
        point[index] = isElsewhere ? random() : isOrdered ? normalWithin(middle, widths[i] as number, random) : middle;
      }
      return point;
    },
  };
}

/** Scott's rule, for as many dimensions, with a factor and limits. */
function widthOf(values: readonly number[], dimensions: number): number {
  const width =
    values.length > 1
      ? WIDTH_FACTOR * standardDeviation(values) * values.length ** (-1 / (dimensions + 4))
      : WIDTH_OF_ONE;
  return Math.min(1, Math.max(LEAST_WIDTH, width));
}

/** The density of a normal distribution whose values outside 0 to 1 are drawn again. */
function truncatedNormal(at: number, middle: number, width: number): number {
  const within = normalShare((1 - middle) / width) - normalShare(-middle / width);
  return Math.exp(-square((at - middle) / width) / 2) / (Math.sqrt(2 * Math.PI) * width * within);
}

/** The density of a dimension without order, in which each value takes an equal part of 0 to 1. */
function sameValue(at: number, middle: number, { values }: Dimension): number {
  const isSame = indexAt(values, at) === indexAt(values, middle);
  return OTHER_VALUES + (isSame ? (1 - OTHER_VALUES) * values : 0);
}

function normalWithin(middle: number, width: number, random: Random): number {
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const value = middle + width * normal;
    if (value >= 0 && value < 1) return value;
  }
}

/** The share of a normal distribution below a value, to 1e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17). */
export function normalShare(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp(-square(value) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return value >= 0 ? 1 - above : above;
}
