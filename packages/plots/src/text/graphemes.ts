/** Latin, Greek and Cyrillic letters without marks, digits and punctuation: texts in which each character stands for itself. */
const SIMPLE = /^[\x20-\x7e\xa0-\u02af\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2070-\u22ff]*$/;

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for single characters: a letter with its marks, an emoji of several code points. */
export function graphemes(text: string): string[] {
  if (SIMPLE.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Whether a grapheme is drawn as a coloured picture: `🙂`, `👩‍👩‍👧`, `❤️` with its selector, but neither `❤` nor `1`. */
export function isEmoji(grapheme: string): boolean {
  return /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u.test(grapheme);
}
