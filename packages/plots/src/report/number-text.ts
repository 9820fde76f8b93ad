import { countText, numberText } from '@lrfind/core';
import type { Measures, Recipe } from '@lrfind/core/results';

/** A loss or metric, typeset with four digits, so that columns of them can be compared: `0.4300`; `not finite`. */
export function fourDigits(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'not finite';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e4)) return numberText(value, 4);
  return value.toPrecision(4).replace('-', '−');
}

/** A difference with its sign: `+0.014`, `−0.14`. */
export function signedText(value: number): string {
  return value > 0 ? `+${numberText(value)}` : numberText(value);
}

/** Wall time: `1.7 s`, `12 min 5 s`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${countText(Math.floor(whole / 60))} min ${whole % 60} s`;
}

/** Loss and metrics in a phrase: `a loss of 0.4245 and accuracy 0.8825`. */
export function measuresText({ loss, metrics }: Measures): string {
  const parts = [
    `a loss of ${fourDigits(loss)}`,
    ...Object.entries(metrics).map(([name, value]) => `${name} ${fourDigits(value)}`),
  ];
  const last = parts.pop() as string;
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** An optimizer with its parameters: `adam (beta1 0.9, beta2 0.999)`. */
export function optimizerText({ name, ...parameters }: Recipe['optimizer']): string {
  const texts = Object.entries(parameters).map(([parameter, value]) => `${parameter} ${optionText(value)}`);
  return texts.length === 0 ? name : `${name} (${texts.join(', ')})`;
}

/** The exact value of an option. */
export function optionText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(optionText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
