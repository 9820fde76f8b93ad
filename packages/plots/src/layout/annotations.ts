import { column, type Frame, rateEncoding } from '../axes/rate-axis.js';
import { textWidth } from '../text/width.js';
import type { View } from '../render/vega-lite.js';
import type { Landmark } from '../captions/landmarks.js';
import { type Placement, placeLabels } from './place-labels.js';

/** The texts of the landmarks, placed above a panel. */
export interface Flags {
  flags: { mark: Landmark; text: string; placement: Placement }[];
  /** height of the view, in pixels */
  height: number;
  /** from one lane to the next, in pixels */
  pitch: number;
}

/** Room below the lowest lane for the bar of the interval, in pixels. */
const foot = 12;

/** Finds a place for each text; in a narrow picture the short forms are taken. */
export function layFlags(marks: readonly Landmark[], frame: Frame): Flags {
  const widest = Math.max(0, ...marks.map(({ text }) => textWidth(text, frame.size)));
  const texts = marks.map(({ text, short }) => (frame.width < 3 * widest ? short : text));
  const placements = placeLabels(
    marks.map(({ rate }, index) => ({
      x: column(frame, rate),
      width: textWidth(texts[index] as string, frame.size),
    })),
    frame.width,
  );
  const flags = marks.map((mark, index) => ({
    mark,
    text: texts[index] as string,
    placement: placements[index] as Placement,
  }));
  const lanes = Math.max(0, ...placements.map(({ lane }) => lane + 1));
  const pitch = Math.round(frame.size * 1.4);
  return { flags, height: lanes * pitch + foot, pitch };
}

/**
 * The view above the loss: each landmark's line goes on up to its text, and a bar shows the interval in which the best
 * rate is expected.
 *
 * @param interval both ends of that interval, or `null`
 */
export function flagsView(
  { flags, height, pitch }: Flags,
  frame: Frame,
  interval: readonly [number, number] | null,
): View {
  const pixel = { type: 'quantitative', scale: null, axis: null } as const;
  const values = flags.map(({ mark, text, placement: { lane, side, left } }) => ({
    ...mark,
    text,
    middle: height - foot - (lane + 0.5) * pitch,
    top: height - foot - (lane + (side === 'top' ? 0 : 0.9)) * pitch,
    dx: left - column(frame, mark.rate),
  }));
  const bar = interval === null ? [] : [{ rate: interval[0], end: interval[1], y: height - foot / 2 }];
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
