import { rateTicks, seriesStyle, type Tick, themes, valueTicks } from '@lrfind/plots/page-parts';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LineStyle, LiveLine, LivePanel } from '../src/live/live-state.js';
import { type Scale, shareOf, steady, xScale, yScale } from './scales.js';

/** Milliseconds after which the scales are looked at again: to read an axis takes longer. */
const SCALE_PAUSE = 250;

/** Font size of the axes, and room around the panel, in CSS pixels. */
const SIZE = 13;
const ROOM = { top: 10, right: 14, bottom: 42 } as const;

/** Width of a character of a tick's label, at most. */
const CHARACTER = 0.62 * SIZE;

/**
 * A panel as plain SVG, of the width that there is.
 *
 * @param like the panels that have the same scales, with this one
 * @param growing whether points are still to come
 */
export function PanelView({
  panel,
  like,
  growing,
}: {
  panel: LivePanel;
  like: readonly LivePanel[];
  growing: boolean;
}) {
  const figure = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = figure.current as HTMLElement;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  const scales = useScales(like, growing);
  return (
    <figure class="live" ref={figure}>
      <h2>{panel.title}</h2>
      {panel.note && <p>{panel.note}</p>}
      {width > 0 && <Drawing panel={panel} width={width} growing={growing} {...scales} />}
      <Legend lines={panel.lines} />
    </figure>
  );
}

/** The scales of a panel, which change now and then. */
function useScales(like: readonly LivePanel[], growing: boolean): { x: Scale; y: Scale } {
  const held = useRef<{ x: Scale; y: Scale; at: number; panel: LivePanel } | undefined>(undefined);
  const [panel] = like as [LivePanel];
  const { current } = held;
  // A panel that begins anew is another one.
  const before = growing && current?.panel === panel ? current : undefined;
  if (!before || performance.now() - before.at > SCALE_PAUSE)
    held.current = {
      x: steady(before?.x, xScale(like)),
      y: steady(before?.y, yScale(like)),
      at: performance.now(),
      panel,
    };
  const { x, y } = held.current as { x: Scale; y: Scale };
  return { x, y };
}

function Drawing({
  panel,
  width,
  growing,
  x,
  y,
}: {
  panel: LivePanel;
  width: number;
  growing: boolean;
  x: Scale;
  y: Scale;
}) {
  const clip = useId();
  const height = Math.round(Math.min(420, Math.max(240, 0.5 * width)));
  const down = height - ROOM.top - ROOM.bottom;
  const yTicks = useMemo(() => ticksOf(y, down, Math.max(2, down / 50)), [y, down]);
  const labels = CHARACTER * Math.max(4, ...yTicks.map(({ text }) => text.length));
  const margin = Math.round(labels + 8 + 2 * SIZE);
  const across = Math.max(1, width - margin - ROOM.right);
  // Epochs and steps are whole numbers.
  const count = Math.max(2, across / 90);
  const xTicks = useMemo(
    () => ticksOf(x, across, x.log ? count : Math.min(count, Math.max(1, x.domain[1]))),
    [x, across, count],
  );
  const left = (value: number) => across * shareOf(x, value);
  const top = (value: number) => down * (1 - shareOf(y, value));
  const { mark } = panel;
  /** Lines that are done, or those that grow: on a layer of their own, so that the others need not be painted again. */
  const drawn = (moving: boolean) => (line: LiveLine, i: number) => {
    const past = isPast(line, panel.lines, i);
    if ((growing && !past) !== moving) return null;
    return (
      <path
        key={line.name}
        class={classOf(line, past)}
        stroke-dasharray={dashOf(line.style)}
        d={line.dots ? dotsText(line, left, top) : pathText(line, left, top)}
      />
    );
  };
  return (
    <div class="plot">
      <svg role="img" aria-label={`${panel.title}: ${panel.y.title} by ${panel.x.title}`} width={width} height={height}>
        <clipPath id={clip}>
          <rect width={across} height={down} />
        </clipPath>
        <g transform={`translate(${margin} ${ROOM.top})`}>
          <g class="grid">
            {yTicks.map(({ value, text }) => text && <line key={value} x2={across} y1={top(value)} y2={top(value)} />)}
            {xTicks.map(({ value, text }) => text && <line key={value} y2={down} x1={left(value)} x2={left(value)} />)}
          </g>
          <g class="labels">
            {yTicks.map(({ value, text }) => (
              <text key={value} x={-8} y={top(value) + 0.35 * SIZE} text-anchor="end">
                {text}
              </text>
            ))}
            {xTicks.map(({ value, text }) => (
              <text key={value} x={left(value)} y={down + 18} text-anchor="middle">
                {text}
              </text>
            ))}
            <text class="axis-title" x={across / 2} y={down + 37} text-anchor="middle">
              {panel.x.title}
            </text>
            <text class="axis-title" x={-down / 2} y={SIZE - margin} text-anchor="middle" transform="rotate(-90)">
              {panel.y.title}
            </text>
          </g>
          <line class="axis" x2={across} y1={down} y2={down} />
          <g clip-path={`url(#${clip})`}>
            {panel.lines.map(drawn(false))}
            {mark && <line class="mark" x1={left(mark.x)} x2={left(mark.x)} y2={down} />}
          </g>
          {mark && (
            <text
              class="mark-text"
              x={left(mark.x) + (shareOf(x, mark.x) > 0.7 ? -6 : 6)}
              y={SIZE}
              text-anchor={shareOf(x, mark.x) > 0.7 ? 'end' : 'start'}
            >
              {mark.text}
            </text>
          )}
        </g>
      </svg>
      {growing && (
        <svg
          class="moving"
          aria-hidden="true"
          width={across}
          height={down}
          style={{ left: `${margin}px`, top: `${ROOM.top}px` }}
        >
          {panel.lines.map(drawn(true))}
        </svg>
      )}
    </div>
  );
}

/** Whether a line of the same label comes later: of sweeps the last one counts. */
function isPast({ label, style, pale }: LiveLine, lines: readonly LiveLine[], at: number): boolean {
  return (
    !pale &&
    typeof style === 'string' &&
    label !== undefined &&
    lines.some((other, i) => i > at && other.label === label)
  );
}

function ticksOf({ domain, log }: Scale, length: number, count: number): Tick[] {
  return log
    ? rateTicks(domain, length, SIZE, ROOM.right)
    : valueTicks(domain, count).filter(({ value }) => value >= domain[0]);
}

/** The path of a line; positions far outside of the panel are cut, which renderers cannot handle. */
function pathText({ points }: LiveLine, left: (x: number) => number, top: (y: number) => number): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${rounded(left(x))} ${rounded(top(y))}`).join('');
}

/** Loose points, as lines of no length with round ends. */
function dotsText({ points }: LiveLine, left: (x: number) => number, top: (y: number) => number): string {
  return points.map(([x, y]) => `M${rounded(left(x))} ${rounded(top(y))}h0`).join('');
}

function rounded(pixels: number): number {
  return Math.round(10 * Math.min(1e5, Math.max(-1e5, pixels))) / 10;
}

function classOf({ style, dots, pale }: LiveLine, past: boolean): string {
  const kind = typeof style === 'number' ? `series-${style % themes.light.series.length}` : style;
  return ['line', kind, dots && 'dots', pale && 'pale', past && 'past'].filter(Boolean).join(' ');
}

function dashOf(style: LineStyle): string | undefined {
  return typeof style === 'number' ? seriesStyle(themes.light, style).dash.join(' ') || undefined : undefined;
}

/** What the lines are; nothing where a single one needs no explanation. */
function Legend({ lines }: { lines: readonly LiveLine[] }) {
  const labelled = new Map(lines.flatMap((line) => (line.label === undefined ? [] : [[line.label, line] as const])));
  if (labelled.size === 0) return null;
  return (
    <ul class="legend">
      {[...labelled].map(([label, line]) => (
        <li key={label}>
          <svg width="22" height="8" aria-hidden="true">
            <path
              class={classOf(line, false)}
              stroke-dasharray={dashOf(line.style)}
              d={line.dots ? 'M11 4h0' : 'M1 4h20'}
            />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
