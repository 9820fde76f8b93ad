import { numberText, powerOfTen } from '@lrfind/core';
import { logShare } from '../curves/log-scale.js';
import { textWidth } from '../text/width.js';

/** A tick of an axis and its label; a minor tick has an empty label. */
export interface Tick {
  value: number;
  text: string;
}

/**
 * Ticks of a logarithmic axis: as many powers of ten as there is room for, with the multiples 2 to 9 as minor ticks.
 * A domain with fewer than two powers of ten has labels at their multiples by 1, 2 and 5, and a domain with fewer than two
 * of these has labels at round numbers.
 *
 * @param domain both ends, above 0
 * @param width length of the axis, in pixels
 * @param size font size, in pixels
 * @param room how far a label may extend beyond the right end, in pixels; one that would extend further is left out
 */
export function rateTicks(domain: readonly [number, number], width: number, size: number, room: number): Tick[] {
  return allTicks(domain, width, size).map(({ value, text }) => {
    const centre = width * logShare(value, domain);
    return { value, text: centre + textWidth(text, size) / 2 > width + room ? '' : text };
  });
}

function allTicks(domain: readonly [number, number], width: number, size: number): Tick[] {
  const [low, high] = domain;
  const inside = (value: number) => value >= low && value <= high;
  const decades = Math.log10(high) - Math.log10(low);
  const exponents: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) exponents.push(exponent);
  const multiples = (factors: readonly number[]) =>
    exponents.flatMap((exponent) => factors.map((factor) => Number(`${factor}e${exponent}`))).filter(inside);

  const powers = multiples([1]);
  if (powers.length >= 2) {
    const widest = Math.max(...exponents.map((exponent) => textWidth(powerOfTen(exponent), size)));
    const every = Math.ceil(((widest + size) * decades) / width);
    const minor = width / decades >= 4 * size ? multiples([2, 3, 4, 5, 6, 7, 8, 9]) : [];
    const major = powers.map((value) => {
      const exponent = Math.round(Math.log10(value));
      return { value, text: exponent % every === 0 ? powerOfTen(exponent) : '' };
    });
    return [...major, ...minor.map((value) => ({ value, text: '' }))];
  }
  const round = multiples([1, 2, 5]);
  if (round.length >= 2) return spaced(round.map(toTick), domain, width, size);
  return spaced(
    valueTicks(domain, 3).map(({ value }) => toTick(value)),
    domain,
    width,
    size,
  );
}

const toTick = (value: number): Tick => ({ value, text: numberText(value, 3) });

/** Drops each tick whose label would touch the one before it. */
function spaced(ticks: Tick[], domain: readonly [number, number], width: number, size: number): Tick[] {
  let free = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ value, text }) => {
    const centre = width * logShare(value, domain);
    const half = textWidth(text, size) / 2;
    if (centre - half < free) return false;
    free = centre + half + size;
    return true;
  });
}

/**
 * Ticks of a linear axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param domain both ends, the lower one first
 * @param count number of ticks to aim for; there may be half or twice as many
 */
export function valueTicks(domain: readonly [number, number], count: number): Tick[] {
  const [low, high] = domain;
  // Divided first, because the difference may be beyond float64.
  return multiplesOf(nearestStep(stepLimit(domain, high / count - low / count)), domain);
}

/** A step between ticks: 1, 2 or 5 times a power of ten. */
type Step = readonly [lead: 1 | 2 | 5, exponent: number];

/** A distance between ticks, but no less than what float64 can tell apart. */
function stepLimit([low, high]: readonly [number, number], distance: number): number {
  return Math.max(distance, Math.max(Math.abs(low), Math.abs(high)) * 1e-12);
}

/** The step nearest by ratio: 1 up to √2, 2 up to √10, 5 up to √50. */
function nearestStep(distance: number): Step {
  const power = Math.floor(Math.log10(distance));
  const lead = distance / 10 ** power;
  if (lead < Math.SQRT2) return [1, power];
  return lead < Math.sqrt(10) ? [2, power] : lead < Math.sqrt(50) ? [5, power] : [1, power + 1];
}

/** The next longer step. */
function longerStep([lead, exponent]: Step): Step {
  return lead === 1 ? [2, exponent] : lead === 2 ? [5, exponent] : [1, exponent + 1];
}

function multiplesOf([lead, exponent]: Step, [low, high]: readonly [number, number]): Tick[] {
  const first = Math.ceil(low / Number(`${lead}e${exponent}`) - 1e-9);
  const hair = Number(`${lead}e${exponent}`) * 1e-9;
  const values: number[] = [];
  // Parsed from text, so that the third multiple of 0.1 is 0.3 and not 0.30000000000000004.
  for (let index = first; ; index++) {
    const value = Number(`${index * lead}e${exponent}`);
    // Ends also for a domain whose length or end float64 cannot hold.
    if (!(value <= Math.min(high + hair, Number.MAX_VALUE))) break;
    values.push(value);
  }
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const plain = largest < PLAIN_BELOW && largest >= 1e-3;
  const digits = Math.max(1, Math.floor(Math.log10(largest)) - exponent + 1);
  return values.map((value) => ({
    value,
    text: plain ? grouped(value, Math.max(0, -exponent)) : numberText(value, digits),
  }));
}

/** Numbers of losses and metrics are written out below this one: people read 700,000 faster than 7×10⁵. */
const PLAIN_BELOW = 1e7;

function grouped(value: number, decimals: number): string {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value.toLocaleString('en-US', options).replace('-', '−');
}

/** Labels need this share of the font size from one line to the next. */
const LINE = 1.4;

/** The most labels of a vertical axis. */
const MOST_LABELS = 8;

/**
 * Ticks of a vertical axis of losses or metrics. A linear one has multiples of 1, 2 or 5 times a power of ten: at the longest of these
 * steps that gives three labels or more where the height has room, and suits the height otherwise. A logarithmic one has 1, 2 and 5
 * times each power of ten where there is room, else the powers, else every second or further one.
 *
 * @param domain both ends, the lower one first; above 0 where it is logarithmic
 * @param height of the panel, in pixels
 * @param size font size, in pixels
 */
export function axisTicks(domain: readonly [number, number], height: number, size: number, log = false): Tick[] {
  if (!(height > 0)) return [];
  return log ? logTicks(domain, height, size) : linearTicks(domain, height, size);
}

function linearTicks(domain: readonly [number, number], height: number, size: number): Tick[] {
  const [low, high] = domain;
  const length = high / height - low / height;
  const pitch = (step: Step) => Number(`${step[0]}e${step[1]}`) / length;
  // From the shortest step with room for its labels, up to one that suits the height.
  let step = nearestStep(stepLimit(domain, length * LINE * size * 0.7));
  while (pitch(step) < LINE * size && Number.isFinite(pitch(step))) step = longerStep(step);
  const wanted = Math.min(MOST_LABELS, Math.max(3, height / 45));
  let ticks = multiplesOf(step, domain);
  for (let next = longerStep(step); ticks.length > wanted; next = longerStep(next)) {
    const fewer = multiplesOf(next, domain);
    if (fewer.length < 3) break;
    ticks = fewer;
  }
  return ticks;
}

function logTicks(domain: readonly [number, number], height: number, size: number): Tick[] {
  const [low, high] = domain;
  const inside = (value: number) => value >= low && value <= high;
  const exponents: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) exponents.push(exponent);
  const at = (factors: readonly number[], every = 1) =>
    exponents
      .filter((exponent) => exponent % every === 0)
      .flatMap((exponent) => factors.map((factor) => Number(`${factor}e${exponent}`)))
      .filter(inside);
  const positions = (values: readonly number[]) => values.map((value) => height * logShare(value, domain));
  const fits = (values: readonly number[]) =>
    positions(values).every((place, i, all) => i === 0 || place - (all[i - 1] as number) >= LINE * size);
  const every = Array.from({ length: exponents.length }, (_, i) => i + 1);
  const candidates = [at([1, 2, 5]), ...every.map((each) => at([1], each))];
  const found = candidates.find((values) => fits(values) && values.length <= MOST_LABELS + 2) ?? [];
  const labelled = found.length < 3 ? withMore(found, at([1, 2, 5]), domain, height, size) : found;
  // Within less than a decade there may be fewer than three of them.
  const round = linearTicks(domain, height, size).filter(({ value }) => value > 0);
  if (labelled.length < 3 && round.length > labelled.length && fits(round.map(({ value }) => value))) return round;
  const room = height / (Math.log10(high) - Math.log10(low));
  const minor = room >= 4 * size ? at([2, 3, 4, 5, 6, 7, 8, 9]).filter((value) => !labelled.includes(value)) : [];
  const written = labelled.every((value) => value < PLAIN_BELOW && value >= 1e-4);
  return [
    ...labelled.map((value) => ({ value, text: written ? plainText(value) : scientific(value) })),
    ...minor.map((value) => ({ value, text: '' })),
  ];
}

/** Labels with those of the others for which there is still room, though less than usual, up to three. */
function withMore(
  labels: readonly number[],
  others: readonly number[],
  domain: readonly [number, number],
  height: number,
  size: number,
): number[] {
  const all = [...labels];
  const place = (value: number) => height * logShare(value, domain);
  for (const value of others) {
    if (all.length >= 3) break;
    if (all.every((each) => Math.abs(place(each) - place(value)) >= CLOSE * size)) all.push(value);
  }
  return all.sort((a, b) => a - b);
}

/** The least distance of labels, in font sizes. */
const CLOSE = 1.15;

/** A round number, written out: `0.002`, `700,000`. */
function plainText(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** A round number as a multiple of a power of ten: `10⁻³`, `5×10⁻⁶`. */
function scientific(value: number): string {
  const [lead, exponent] = value.toExponential(0).split('e').map(Number) as [number, number];
  return lead === 1 ? powerOfTen(exponent) : `${lead}×${powerOfTen(exponent)}`;
}

/** The properties of a Vega-Lite axis that put these labels at these values. */
export function tickProperties(ticks: readonly Tick[]): { values: number[]; labelExpr: string } {
  const texts = Object.fromEntries(ticks.filter(({ text }) => text !== '').map(({ value, text }) => [value, text]));
  return {
    values: ticks.map(({ value }) => value),
    labelExpr: `${JSON.stringify(texts)}[toString(datum.value)] || ''`,
  };
}
