import type { Drawing } from '../figures/drawing.js';
import type { Figure } from '../figures/index.js';
import type { ReadSeries } from '../readings.js';
import { measureText } from '../texts.js';
import { raw, rawJson } from './raw-text.js';

/** A figure with what the page's script needs to show its values: cross-hairs, a box for the values, and a slider for the keys. */
export function FigureView({ figure, id }: { figure: Figure; id: string }) {
  const { caption, readings, wide, narrow } = figure;
  const { series, titles, first, along } = readings;
  const data = {
    titles,
    texts: series.map(({ values }) => values.map((value) => (value === null ? null : measureText(value)))),
    places: [wide, narrow].map(({ width, x, y }) => ({ width, x, y })),
  };
  return (
    <figure class="chart">
      <div class="stage">
        <DrawingView drawing={wide} size="wide" series={series} />
        <DrawingView drawing={narrow} size="narrow" series={series} />
        <div class="tip" aria-hidden="true" hidden>
          <p class="tip-title" />
          {series.map((line) => (
            <p key={`${line.panel} ${line.name}`} class="tip-row">
              <Swatch {...line} />
              <span>{line.name}</span> <span class="tip-value" />
            </p>
          ))}
        </div>
      </div>
      <p class="reader" style={{ ...insets('wide', wide), ...insets('narrow', narrow) }} hidden>
        <input
          id={`${id}-reader`}
          type="range"
          min="0"
          max={titles.length - 1}
          value={first}
          aria-valuetext={titles[first]}
          autocomplete="off"
        />
        <label for={`${id}-reader`}>
          Values along the {along}: point at the chart, or move this slider with the arrow keys.
        </label>
      </p>
      <script type="application/json" {...rawJson(data)} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

function DrawingView({ drawing, size, series }: { drawing: Drawing; size: string; series: readonly ReadSeries[] }) {
  const { svg, width, height, top, bottom } = drawing;
  return (
    <div class={`drawing ${size}`}>
      <div {...raw(svg)} />
      <svg class="cross" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <line y1={top} y2={bottom} />
        {series.map(({ panel, name, color }) => (
          <circle key={`${panel} ${name}`} r="4" fill={color} />
        ))}
      </svg>
    </div>
  );
}

function Swatch({ color, dash }: ReadSeries) {
  return (
    <svg width="18" height="8" aria-hidden="true">
      <line x1="1" x2="17" y1="4" y2="4" stroke={color} stroke-width="2.25" stroke-dasharray={dash.join(' ')} />
    </svg>
  );
}

/** The slider is as long as the axis and stands below it. */
function insets(size: string, { left, right, width }: Drawing): Record<string, string> {
  const percent = (pixels: number) => `${((100 * pixels) / width).toFixed(2)}%`;
  return { [`--${size}-left`]: percent(left), [`--${size}-right`]: percent(width - right) };
}
