import { bold, measured, regular } from './truetype.js';

/** A rectangle in the coordinates of the chart. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface TextBox extends Box {
  text: string;
  size: number;
  fill: string;
}

/** A straight line, such as those of the landmarks. */
export interface Line extends Box {
  stroke: string;
}

type Matrix = [number, number, number, number, number, number];

const multiply = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  a * g + c * h,
  b * g + d * h,
  a * i + c * j,
  b * i + d * j,
  a * k + c * l + e,
  b * k + d * l + f,
];

function transformation(text: string): Matrix {
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, kind, numbers] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [x = 0, y = 0] = (numbers as string).split(/[ ,]+/).map(Number);
    const angle = (x * Math.PI) / 180;
    if (kind === 'translate') matrix = multiply(matrix, [1, 0, 0, 1, x, y]);
    else if (kind === 'rotate') {
      matrix = multiply(matrix, [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0]);
    } else throw new Error(`transformation ${kind}`);
  }
  return matrix;
}

function placed(matrix: Matrix, { left, top, right, bottom }: Box): Box {
  const corners = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ].map(([x, y]) => multiply(matrix, [1, 0, 0, 1, x as number, y as number]).slice(4)) as [number, number][];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

const unescaped = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

/**
 * Where the texts and lines of an SVG lie: transformations are followed down to them, and texts are measured in the font
 * files. A letter reaches 0.76 of the font size above its line and 0.24 below.
 */
export function boxes(svg: string): { texts: TextBox[]; lines: Line[]; width: number; height: number } {
  const texts: TextBox[] = [];
  const lines: Line[] = [];
  const stack: Matrix[] = [[1, 0, 0, 1, 0, 0]];
  let line = 0;
  let text: Record<string, string> | undefined;
  let size: [number, number] = [0, 0];

  const add = (content: string) => {
    if (text === undefined || content === '') return;
    const fontSize = Number.parseFloat(text['font-size'] as string);
    const width = measured(unescaped(content), fontSize, text['font-weight'] === 'bold' ? bold : regular);
    const left = { start: 0, middle: -width / 2, end: -width }[text['text-anchor'] ?? 'start'] as number;
    const box = { left, right: left + width, top: line - 0.76 * fontSize, bottom: line + 0.24 * fontSize };
    texts.push({
      ...placed(stack.at(-1) as Matrix, box),
      text: unescaped(content),
      size: fontSize,
      fill: text.fill as string,
    });
  };

  for (const [, closing, name, rest, selfClosing, content] of svg.matchAll(/<(\/?)(\w+)([^>]*?)(\/?)>([^<]*)/g)) {
    if (closing === '/') {
      stack.pop();
      if (name === 'text') text = undefined;
      continue;
    }
    const attributes = Object.fromEntries(
      [...(rest as string).matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, k, v]) => [k, v]),
    );
    const matrix = multiply(stack.at(-1) as Matrix, transformation(attributes.transform ?? ''));
    if (name === 'svg') size = [Number(attributes.width), Number(attributes.height)];
    if (name === 'line') {
      const end = { left: 0, top: 0, right: Number(attributes.x2), bottom: Number(attributes.y2) };
      lines.push({ ...placed(matrix, end), stroke: attributes.stroke as string });
    }
    if (name === 'text') {
      text = attributes as Record<string, string>;
      line = 0;
    }
    if (name === 'tspan') line += Number(attributes.dy ?? 0);
    if (selfClosing !== '/') stack.push(matrix);
    if (name === 'text' || name === 'tspan') add(content as string);
  }
  return { texts, lines, width: size[0], height: size[1] };
}

/** Whether two rectangles have more than a hair in common. */
export function overlap(one: Box, other: Box): boolean {
  const hair = 0.1;
  return (
    one.left < other.right - hair &&
    other.left < one.right - hair &&
    one.top < other.bottom - hair &&
    other.top < one.bottom - hair
  );
}

/**
 * Every fault in the positions of the texts of a chart.
 *
 * @param strokes colours of the vertical lines that must not cross a text
 */
export function textFaults(svg: string, strokes: readonly string[] = []): string[] {
  const { texts, lines, width, height } = boxes(svg);
  const vertical = lines.filter(({ stroke, left, right }) => strokes.includes(stroke) && right - left < 1);
  const found: string[] = [];
  texts.forEach((text, index) => {
    if (text.left < 0 || text.top < 0 || text.right > width || text.bottom > height)
      found.push(`"${text.text}" is cut`);
    for (const other of texts.slice(index + 1)) {
      if (overlap(text, other)) found.push(`"${text.text}" overlaps "${other.text}"`);
    }
    for (const line of vertical) {
      if (overlap(text, { ...line, left: line.left - 1, right: line.right + 1 }))
        found.push(`a line crosses "${text.text}"`);
    }
  });
  return found;
}
