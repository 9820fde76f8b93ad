import { styleText } from 'node:util';

/** What a part of a text is, which colour and weight show where the terminal has them. */
export type Meaning = 'answer' | 'good' | 'doubtful' | 'bad' | 'aside';

const formats = {
  answer: 'bold',
  good: 'green',
  doubtful: 'yellow',
  bad: 'red',
  aside: 'dim',
} as const satisfies Readonly<Record<Meaning, Parameters<typeof styleText>[0]>>;

/**
 * A text as it is, or with its meaning in colour: on a terminal that has colours, unless `NO_COLOR` or a CI says no, and wherever
 * `FORCE_COLOR` asks for it. No text says anything by its colour alone.
 */
export function styled(meaning: Meaning, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return text === '' ? '' : styleText(formats[meaning], text, { stream, validateStream: true });
}

/** How sure an answer is, as a meaning. */
export const meaningOf = { sure: 'good', fair: 'good', unsure: 'doubtful' } as const;
