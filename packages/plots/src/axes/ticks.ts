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
  const largest = Math.max(Math.abs(low), Math.abs(high));
  // Divided first, because the difference may be beyond float64. Ticks closer than that are one number in float64.
  const rough = Math.max(high / count - low / count, largest * 1e-12);
  const power = Math.floor(Math.log10(rough));
  // The nearest by ratio: 1 up to √2, 2 up to √10, 5 up to √50.
  const lead = rough / 10 ** power;
  const [step, exponent] =
    lead < Math.SQRT2
      ? [1, power]
      : lead < Math.sqrt(10)
        ? [2, power]
        : lead < Math.sqrt(50)
          ? [5, power]
          : [1, power + 1];
  const first = Math.ceil(low / Number(`${step}e${exponent}`) - 1e-9);
  const values: number[] = [];
  // Parsed from text, so that the third multiple of 0.1 is 0.3 and not 0.30000000000000004.
  for (let index = first; ; index++) {
    const value = Number(`${index * step}e${exponent}`);
    // Ends also for a domain whose length or end float64 cannot hold.
    if (!(value <= Math.min(high + rough * 1e-9, Number.MAX_VALUE))) break;
    values.push(value);
  }
  const plain = largest < 1e5 && largest >= 1e-3;
  const digits = Math.max(1, Math.floor(Math.log10(largest)) - exponent + 1);
  return values.map((value) => ({
    value,
    text: plain ? value.toFixed(Math.max(0, -exponent)).replace('-', '−') : numberText(value, digits),
  }));
}

/** The properties of a Vega-Lite axis that put these labels at these values. */
export function tickProperties(ticks: readonly Tick[]): { values: number[]; labelExpr: string } {
  const texts = Object.fromEntries(ticks.filter(({ text }) => text !== '').map(({ value, text }) => [value, text]));
  return {
    values: ticks.map(({ value }) => value),
    labelExpr: `${JSON.stringify(texts)}[toString(datum.value)] || ''`,
  };
}
