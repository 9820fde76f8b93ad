import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Font, readFonts } from './font-file.js';

/** The folders in which the platforms keep fonts. */
function fontFolders(): string[] {
  const home = homedir();
  switch (process.platform) {
    case 'win32': {
      const { SystemRoot = 'C:\\Windows', LOCALAPPDATA = join(home, 'AppData', 'Local') } = process.env;
      return [join(SystemRoot, 'Fonts'), join(LOCALAPPDATA, 'Microsoft', 'Windows', 'Fonts')];
    }
    case 'darwin':
      return ['/System/Library/Fonts', '/Library/Fonts', join(home, 'Library', 'Fonts')];
    default: {
      const { XDG_DATA_HOME = join(home, '.local', 'share') } = process.env;
      return ['/usr/share/fonts', '/usr/local/share/fonts', join(XDG_DATA_HOME, 'fonts'), join(home, '.fonts')];
    }
  }
}

const found = new Map<string, Font[]>();

/** All fonts in some folders and the folders in them, in the order of their paths; read once. */
function fontsIn(folders: readonly string[]): Font[] {
  const key = folders.join('\0');
  const known = found.get(key);
  if (known) return known;
  const fonts = folders.flatMap(filesIn).filter(isFont).sort().flatMap(readFonts);
  found.set(key, fonts);
  return fonts;
}

const isFont = (path: string) => /\.(?:tt[fc]|ot[fc])$/i.test(path);

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Fonts that stand in for the bundled one, and the code points that none has. */
export interface Substitutes {
  readonly fonts: Font[];
  readonly missing: number[];
}

/**
 * Chooses fonts for code points: as few as possible, plain sans-serif ones first.
 *
 * @param kind whether the code points are those of emoji, for which coloured fonts are best, or of text, for which they are useless
 * @param folders default: those of the platform
 */
export function substitutes(
  codes: readonly number[],
  kind: 'text' | 'emoji',
  folders: readonly string[] = fontFolders(),
): Substitutes {
  const fonts: Font[] = [];
  let missing = [...codes];
  const rank = (font: Font) => (kind === 'emoji' ? emojiRank(font) : textRank(font, !codes.some(isKanaOrHangul)));
  while (missing.length > 0) {
    const best = bestOf(fontsIn(folders), missing, rank);
    if (!best) break;
    fonts.push(best);
    missing = missing.filter((code) => !best.covers(code));
  }
  return { fonts, missing };
}

/** Of the fonts with the lowest rank the first of those that cover most code points. */
function bestOf(fonts: readonly Font[], codes: readonly number[], rankOf: (font: Font) => number): Font | undefined {
  let best: { font: Font; rank: number; count: number } | undefined;
  for (const font of fonts) {
    const count = codes.filter(font.covers).length;
    if (count === 0) continue;
    const rank = rankOf(font);
    if (rank === UNUSABLE) continue;
    if (!best || rank < best.rank || (rank === best.rank && count > best.count)) best = { font, rank, count };
  }
  return best?.font;
}

const UNUSABLE = Number.POSITIVE_INFINITY;

function emojiRank(font: Font): number {
  return font.colored ? 0 : textRank(font, true);
}

/** How unlike the bundled font a font looks. Fonts that have a box for each character are unusable. */
function textRank({ family, path, colored }: Font, simplified: boolean): number {
  const name = `${family} ${path.split(/[\\/]/).at(-1)}`;
  if (colored || /last ?resort|adobe ?blank/i.test(name)) return UNUSABLE;
  if (/unifont|bitmap/i.test(name)) return 4;
  if (/serif|mono|math|bold|italic|oblique|light|thin|black|condensed|medium|naskh|nastaliq|kufi/i.test(name)) return 3;
  // Chinese characters have Chinese forms, unless the text is Japanese or Korean.
  const otherForms = simplified && / (?:JP|KR|TC|HK)\b|gothic|hiragino (?!sans gb)|meiryo|malgun/i.test(family);
  return (otherForms ? 1 : 0) + (/sans/i.test(name) ? 0 : 1);
}

/** Kana and Hangul are found nowhere but in Japanese and Korean. */
function isKanaOrHangul(code: number): boolean {
  return (code >= 0x3040 && code <= 0x30ff) || (code >= 0xac00 && code <= 0xd7a3);
}
