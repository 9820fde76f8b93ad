import type { Shaper } from './shaper.js';
import type { ForeignRun } from './substituted-fonts.js';

/** The dash of the bundled font: the length of its ink, and the height of its middle, in ems. Its length is an em. */
const DASH = { ink: 1848 / 2048, middle: 561 / 2048 };

/** The side of an emoji, and the height of its middle, in ems. */
const EMOJI = { side: 1.2, middle: 0.36 };

/**
 * Replaces the dashes that hold the places of runs by their glyphs, and those of emoji by pictures of them. resvg draws no glyphs with
 * colours; the renderer of texts that comes with sharp does.
 *
 * @param svg a document as resvg writes it: absolute paths in place of texts
 * @param scale pixels for each unit of the document
 */
export async function withForeignRuns(
  svg: string,
  runs: readonly ForeignRun[],
  shape: Shaper,
  scale: number,
): Promise<string> {
  const drawn = new Map<string, string>();
  for (const run of runs) {
    const tag = new RegExp(`<path[^>]* stroke="${run.mark}"[^>]*/>`).exec(svg)?.[0];
    if (tag === undefined) continue;
    const place = placeOf(tag, run);
    drawn.set(tag, run.font.colored ? await picture(run, place, scale) : glyphs(run, place, shape));
  }
  return svg
    .replace(/<path[^>]* stroke="#fe[\da-f]{4}"[^>]*\/>/g, (tag) => drawn.get(tag) ?? tag)
    .replace('<svg ', '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ');
}

/** Where a run goes, in units of the document. */
interface Place {
  left: number;
  baseline: number;
  /** Size of the font. */
  size: number;
  /** How it is filled, as attributes. */
  fill: string;
}

function placeOf(tag: string, { ems }: ForeignRun): Place {
  const numbers = (/ d="([^"]*)"/.exec(tag)?.[1]?.match(/-?[\d.]+(?:e[-+]?\d+)?/gi) ?? []).map(Number);
  const xs = numbers.filter((_, i) => i % 2 === 0);
  const ys = numbers.filter((_, i) => i % 2 === 1);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const length = (right - left) / DASH.ink;
  return {
    left: (left + right - length) / 2,
    baseline: (Math.min(...ys) + Math.max(...ys)) / 2 + DASH.middle * length,
    size: length / ems,
    fill: (tag.match(/ fill(?:-opacity)?="[^"]*"/g) ?? []).join(''),
  };
}

function glyphs({ text, font }: ForeignRun, { left, baseline, size, fill }: Place, shape: Shaper): string {
  const run = shape(text, font);
  const unit = size / run.unitsPerEm;
  const paths = run.glyphs.flatMap(({ x, y, outline }) => {
    const place = `${unit} 0 0 ${-unit} ${left + x * size} ${baseline - y * size}`;
    return outline === '' ? [] : [`<path${fill} transform="matrix(${place})" d="${outline}"/>`];
  });
  return paths.join('');
}

/** An emoji as a square picture with as many pixels as it takes. */
async function picture({ text, font, ems }: ForeignRun, { left, baseline, size }: Place, scale: number) {
  const { default: sharp } = await import('sharp');
  const side = EMOJI.side * size;
  const pixels = Math.max(1, Math.round(side * scale));
  const large = await sharp({ text: { text, font: `${font.family} 96`, fontfile: font.path, rgba: true, dpi: 72 } })
    .png()
    .toBuffer();
  const png = await sharp(large)
    .resize(pixels, pixels, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png()
    .toBuffer();
  const x = left + (ems * size - side) / 2;
  const y = baseline - EMOJI.middle * size - side / 2;
  return `<image x="${x}" y="${y}" width="${side}" height="${side}" xlink:href="data:image/png;base64,${png.toString('base64')}"/>`;
}
