import { counted, countText, quotedList, rateText } from '@lrfind/core';
import type { TargetDescription } from '@lrfind/core/results';
import type { ColumnGroup } from './column-groups.js';

/** Classes that are counted one by one. */
const SHOWN_CLASSES = 12;

/** The values of a column, or of columns that are shown together. */
export function contentsText({ first, numbers }: ColumnGroup): string {
  const { kind, categories, distinct } = first;
  if (numbers) {
    if (kind === 'constant') return numberShown(numbers.low);
    const mean =
      numbers.mean === null
        ? ''
        : `, mean ${numberShown(numbers.mean)}, deviation ${numberShown(numbers.deviation ?? 0)}`;
    const different = distinct === null || kind === 'boolean' ? '' : `, ${distinct} different`;
    return `${numberShown(numbers.low)} to ${numberShown(numbers.high)}${mean}${different}`;
  }
  if (!categories || categories.length === 0) return 'no value';
  const shown = categories.map(({ value, rows }) => `${value} (${countText(rows)})`).join(', ');
  return `${kind === 'constant' ? '' : `${countText(distinct ?? 0)}: `}${shown}${(distinct ?? 0) > categories.length ? ', …' : ''}`;
}

/** A number of a table: whole from a thousand on, with four digits below it. Years have no separator. */
function numberShown(value: number): string {
  const size = Math.abs(value);
  if (!(Number.isInteger(value) ? size < 1e15 : size >= 1000 && size < 1e9)) return rateText(value, 4);
  const whole = Math.round(value);
  return size < 10_000 ? String(whole) : countText(whole);
}

/** A target: its columns, its classes, and what the output has for it. */
export function targetText({ columns, classes, units, activation }: TargetDescription): string {
  const names = quotedList([...columns]);
  const unit = `${counted(units, `${activation ?? 'linear'} unit`)}`;
  if (!classes) return `${names}, numbers; ${unit}`;
  const shown = classes.slice(0, SHOWN_CLASSES).map(({ value, rows }) => `${value} (${countText(rows)})`);
  const more = classes.length > SHOWN_CLASSES ? ', …' : '';
  return `${names}, ${counted(classes.length, 'label')}: ${shown.join(', ')}${more}; ${unit}`;
}
