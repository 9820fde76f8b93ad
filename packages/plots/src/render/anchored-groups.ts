/** A transformation of the plane as SVG writes it: x ↦ a·x + c·y + e, y ↦ b·x + d·y + f. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A group that is open while a document is read. */
interface OpenGroup {
  readonly matrix: Matrix;
  /** Where its content begins, if it is drawn as a picture of its own. */
  readonly isolatedAt: number | null;
  /** Whether a point of what was read so far lies on the canvas. */
  visible: boolean;
}

/** What makes resvg draw a group as a picture of its own. */
const ISOLATING = /\s(?:opacity|clip-path|mask|filter|style)=/;

/**
 * Gives each group that lies beside the canvas a transparent triangle on it. resvg draws groups with an opacity, a clipping
 * path, a mask or a filter as pictures of their own, and ends the process for one that has no pixel in common with the canvas,
 * such as a curve that lies beyond its axis.
 *
 * @param svg an SVG document as resvg writes it: absolute paths in groups
 * @returns null where there is no such group
 */
export function anchoredGroups(svg: string): string | null {
  const canvas = numbers(/\sviewBox="([^"]*)"/.exec(svg)?.[1] ?? '');
  const anchors: { at: number; path: string }[] = [];
  const open: OpenGroup[] = [{ matrix: [1, 0, 0, 1, 0, 0], isolatedAt: null, visible: false }];
  const body = svg.lastIndexOf('</defs>') + 1;
  for (const { 0: tag, 1: end, 2: name, index } of svg.matchAll(/<(\/?)(g|path|image)\b[^>]*>/g)) {
    if (index < body) continue;
    const parent = open.at(-1) as OpenGroup;
    const matrix = times(parent.matrix, matrixOf(tag));
    if (end) {
      open.pop();
      (open.at(-1) as OpenGroup).visible ||= parent.visible;
      if (parent.isolatedAt !== null && !parent.visible)
        anchors.push({ at: parent.isolatedAt, path: anchor(parent.matrix, canvas) });
    } else if (name !== 'g') parent.visible ||= pointsOf(tag).some((point) => contains(canvas, applied(matrix, point)));
    else if (!tag.endsWith('/>'))
      open.push({ matrix, isolatedAt: ISOLATING.test(tag) ? index + tag.length : null, visible: false });
  }
  if (anchors.length === 0) return null;
  anchors.sort((a, b) => a.at - b.at);
  const parts = anchors.map(({ at, path }, i) => svg.slice(anchors[i - 1]?.at ?? 0, at) + path);
  return parts.join('') + svg.slice(anchors.at(-1)?.at);
}

function numbers(text: string): number[] {
  return (text.match(/-?[\d.]+(?:e[-+]?\d+)?/gi) ?? []).map(Number);
}

function matrixOf(tag: string): Matrix {
  const found = numbers(/\stransform="matrix\(([^"]*)\)"/.exec(tag)?.[1] ?? '');
  return found.length === 6 ? (found as unknown as Matrix) : [1, 0, 0, 1, 0, 0];
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function applied([a, b, c, d, e, f]: Matrix, [x, y]: readonly [number, number]): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

function contains([left = 0, top = 0, width = 0, height = 0]: readonly number[], [x, y]: readonly [number, number]) {
  return x > left && x < left + width && y > top && y < top + height;
}

/** Points on a path: the last of each of its commands. Images have none, so that they get a triangle too. */
function pointsOf(tag: string): [number, number][] {
  const commands = / d="([^"]*)"/.exec(tag)?.[1]?.match(/[MLQC][^MLQCZ]*/g) ?? [];
  return commands.map((command) => numbers(command).slice(-2) as [number, number]);
}

/** A transparent triangle in the middle of the canvas, in the coordinates of a group. */
function anchor([a, b, c, d, e, f]: Matrix, [left = 0, top = 0, width = 0, height = 0]: readonly number[]): string {
  const size = a * d - b * c;
  const place = (x: number, y: number) => `${(d * (x - e) - c * (y - f)) / size} ${(a * (y - f) - b * (x - e)) / size}`;
  const [x, y] = [left + width / 2, top + height / 2];
  return `<path d="M ${place(x, y)} L ${place(x + 1, y)} L ${place(x, y + 1)} Z" fill-opacity="0"/>`;
}
