import type { ByteSource } from '../../src/bytes.js';
import { repeatableRandom } from '../temporary-files.js';

/** A source whose text comes in chunks of some bytes. */
export function textSource(name: string, text: string, chunk = 1 << 16): ByteSource {
  const bytes = new TextEncoder().encode(text);
  const never = () => {
    throw new Error('must not be called');
  };
  return {
    name,
    async *stream() {
      for (let at = 0; at < bytes.length; at += chunk)
        yield { bytes: bytes.slice(at, at + chunk), fraction: Math.min(1, (at + chunk) / bytes.length) };
    },
    slice: never,
    size: never,
    sibling: never,
  };
}

/**
 * A table of mixed columns as CSV: a number with gaps, an identifier beyond 2^24, a word with gaps, a number far from zero, and
 * a label that is missing now and then.
 */
export function mixedCsv(rows: number, seed = 1): string {
  const random = repeatableRandom(seed);
  const words = ['red', 'green', 'blue', 'a "quoted" one'];
  const lines = ['size,id,color,far,label'];
  for (let row = 0; row < rows; row++) {
    const size = random() < 0.1 ? '' : (random() * 20 - 10).toFixed(3);
    const word = words[Math.floor(random() * words.length)] as string;
    const color = random() < 0.1 ? 'NA' : `"${word.replaceAll('"', '""')}"`;
    const label = random() < 0.05 ? '' : String(Math.floor(random() * 3));
    lines.push(`${size},${2 ** 30 + row},${color},${(1e6 + random()).toFixed(4)},${label}`);
  }
  return `${lines.join('\n')}\n`;
}
