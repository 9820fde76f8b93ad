// What every package uses: errors, random numbers, statistics, text of numbers. Options are a module of their own, because
// typebox takes most of the time of an import.
export { fromBase64, toBase64 } from './base64.js';
export { checksumOf, checksumOfText } from './checksum.js';
export {
  assertOptions,
  fileError,
  InputError,
  nearest,
  notAllowed,
  notOneOf,
  shownValue,
  suggestion,
  unknownOption,
} from './errors.js';
export { bfloat16Of, float16Of } from './float16.js';
export { MAX_FLOAT32, roundToFloat32 } from './float32.js';
export {
  counted,
  countOf,
  countText,
  flagList,
  measureText,
  numberText,
  powerOfTen,
  quotedList,
  rateText,
  sizeText,
  wordList,
} from './format.js';
export { firstDifference, isObject, parseJson } from './json.js';
export { type Random, seededRandom, withMathRandom } from './random.js';
export { RATE_LIMITS } from './rate-limits.js';
export { roundNumbers, roundStep } from './round-numbers.js';
export { settled } from './settled.js';
export { spansDecade } from './spans-decade.js';
export { greatest, mean, median, quantile, square, standardDeviation, studentT } from './statistics.js';
export { version } from './version.js';
