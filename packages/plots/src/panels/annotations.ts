import { type RateFrame, rateEncoding, xPosition } from '../axes/rate-axis.js';
import { type Placement, placeLabels } from '../layout/place-labels.js';
import type { View } from '../layout/stacked-figure.js';
import { textWidth } from '../text/width.js';
import type { Landmark } from './landmarks.js';

/** The annotations of landmarks, placed above a panel. */
export interface Annotations {
  placed: { mark: Landmark; text: string; placement: Placement }[];
  /** Height of the view, in pixels. */
  height: number;
  /** Distance between lanes, in pixels. */
  pitch: number;
}

/** Height of the interval's bar below the lowest lane, in pixels. */
const barHeight = 12;

/** Places the annotation of each landmark; a narrow figure has their short forms. */
export function placeAnnotations(marks: readonly Landmark[], frame: RateFrame): Annotations {
  const widest = Math.max(0, ...marks.map(({ text }) => textWidth(text, frame.size)));
  const texts = marks.map(({ text, short }) => (frame.width < 3 * widest ? short : text));
  const placements = placeLabels(
    marks.map(({ rate }, i) => ({ x: xPosition(frame, rate), width: textWidth(texts[i] as string, frame.size) })),
    frame.width,
  );
  const placed = marks.map((mark, i) => ({ mark, text: texts[i] as string, placement: placements[i] as Placement }));
  const lanes = Math.max(0, ...placements.map(({ lane }) => lane + 1));
  const pitch = Math.round(frame.size * 1.4);
  return { placed, height: lanes * pitch + barHeight, pitch };
}

/**
 * The view above the loss. Each landmark's line extends up to its annotation, and a bar shows the interval in which the
 * best rate is expected.
 *
 * @param interval both ends of that interval, or `null`
 */
export function annotationsView(
  { placed, height, pitch }: Annotations,
  frame: RateFrame,
  interval: readonly [number, number] | null,
): View {
  const pixel = { type: 'quantitative', scale: null, axis: null } as const;
  const values = placed.map(({ mark, text, placement: { lane, side, left } }) => ({
    ...mark,
    text,
    middle: height - barHeight - (lane + 0.5) * pitch,
    top: height - barHeight - (lane + (side === 'top' ? 0 : 0.9)) * pitch,
    dx: left - xPosition(frame, mark.rate),
  }));
  const bar = interval === null ? [] : [{ rate: interval[0], end: interval[1], y: height - barHeight / 2 }];
  const colored = { expr: 'datum.color' };
  return {
    width: frame.width,
    height,
    encoding: { x: rateEncoding(frame, 'nothing') },
    layer: [
      {
        data: { values },
        mark: {
          type: 'rule',
          color: colored,
          strokeDash: { expr: 'datum.dash' },
          strokeWidth: { expr: 'datum.strokeWidth' },
        },
        encoding: { y: { field: 'top', ...pixel }, y2: { value: height } },
      },
      {
        data: { values: bar },
        mark: { type: 'rule', color: frame.theme.suggestion, strokeWidth: 2.25 },
        encoding: { x2: { field: 'end' }, y: { field: 'y', ...pixel } },
      },
      {
        data: {
          values: bar.flatMap(({ rate, end, y }) => [
            { rate, y },
            { rate: end, y },
          ]),
        },
        mark: { type: 'tick', orient: 'vertical', color: frame.theme.suggestion, thickness: 2.25, size: 8, opacity: 1 },
        encoding: { y: { field: 'y', ...pixel } },
      },
      {
        data: { values },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          dx: { expr: 'datum.dx' },
          fontSize: frame.size,
          color: colored,
        },
        encoding: { y: { field: 'middle', ...pixel }, text: { field: 'text' } },
      },
    ],
  };
}
