import { numberText } from '../text/numbers.js';

/** A learning rate with the digits that the terminal shows: `0.00397`. */
export function rateText(rate: number): string {
  return numberText(rate, 3);
}

/** A loss or metric with four digits, so that those below each other can be compared: `0.4300`. */
export function measureText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'not finite';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e4)) return numberText(value, 4);
  return value.toPrecision(4).replace('-', '−');
}

/** A difference with its sign: `+0.014`, `−0.14`. */
export function signedText(value: number): string {
  return value > 0 ? `+${numberText(value)}` : numberText(value);
}

/** A whole number with separators: `60,000`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A number of things: `1 sweep`, `5 sweeps`. */
export function numberOf(count: number, thing: string): string {
  return `${countText(count)} ${thing}${count === 1 ? '' : 's'}`;
}

/** How far a training was, in passes over the rows: `3`, `2.5`. */
export function epochText(epoch: number): string {
  return String(Number(epoch.toFixed(2)));
}

/** Wall time: `1.7 s`, `12 min 5 s`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${countText(Math.floor(whole / 60))} min ${whole % 60} s`;
}

/** Loss and metrics in a phrase: `a loss of 0.4245 and accuracy 0.8825`. */
export function measuresText({
  loss,
  metrics,
}: {
  loss: number | null;
  metrics: Readonly<Record<string, number | null>>;
}): string {
  const parts = [
    `a loss of ${measureText(loss)}`,
    ...Object.entries(metrics).map(([name, value]) => `${name} ${measureText(value)}`),
  ];
  const last = parts.pop() as string;
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** An optimizer with its parameters: `adam (beta1 0.9, beta2 0.999)`. */
export function optimizerText({ name, ...parameters }: { name: string } & Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(parameters).map(([parameter, value]) => `${parameter} ${optionText(value)}`);
  return texts.length === 0 ? name : `${name} (${texts.join(', ')})`;
}

/** The value of an option, as exactly as it was given. */
export function optionText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(optionText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
