import type { Drawing } from '../figures/drawing.js';
import type { Figure } from '../figures/index.js';
import { groupsOf, type Readings, type ReadSeries } from '../readings.js';
import { measureText } from '../texts.js';
import { raw, rawJson } from './raw-text.js';

/** A figure with what the page's script needs to show its values: cross-hairs, a box for the values, and a slider for the keys. */
export function FigureView({ figure, id }: { figure: Figure; id: string }) {
  const { caption, readings, wide, narrow } = figure;
  const { series } = readings;
  return (
    <figure class="chart">
      <div class="stage">
        <DrawingView drawing={wide} size="wide" series={series} />
        <DrawingView drawing={narrow} size="narrow" series={series} />
        <div class="tip" aria-hidden="true" hidden>
          <p class="tip-title" />
          {series.map((line) => (
            <p key={`${line.group} ${line.name}`} class="tip-row">
              <Swatch {...line} />
              <span class="tip-name">{line.name}</span> <span class="tip-value" />
            </p>
          ))}
        </div>
      </div>
      {readings.stops.length > 0 && <Reader readings={readings} id={id} />}
      <script type="application/json" {...rawJson(data(figure))} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

/** What the script reads. */
function data({ readings: { titles, series, group }, wide, narrow }: Figure) {
  return {
    titles,
    group,
    groups: series.map((line) => line.group),
    texts: series.map(({ values }) => values.map((value) => (value === null ? null : measureText(value)))),
    drawings: [wide, narrow].map(({ svg: _, height: __, ...places }) => places),
  };
}

/** The way to the values for keys and fingers; shown by the script, without which it does nothing. */
function Reader({ readings, id }: { readings: Readings; id: string }) {
  const { titles, first, group, along } = readings;
  const groups = groupsOf(readings);
  return (
    <div class="reader" hidden>
      <label for={`${id}-reader`}>
        Values along {along}: point at the chart, or move this slider with the arrow keys.
      </label>
      <input
        id={`${id}-reader`}
        type="range"
        min="0"
        max={titles.length - 1}
        value={first}
        aria-valuetext={titles[first]}
        autocomplete="off"
      />
      {groups.length > 1 && (
        <p>
          <label for={`${id}-group`}>Values of</label>{' '}
          <select id={`${id}-group`} autocomplete="off">
            {groups.map((name) => (
              <option key={name} selected={name === group}>
                {name}
              </option>
            ))}
          </select>
        </p>
      )}
    </div>
  );
}

function DrawingView({ drawing, size, series }: { drawing: Drawing; size: string; series: readonly ReadSeries[] }) {
  const { svg, width, height, panels } = drawing;
  return (
    <div class={`drawing ${size}`}>
      <div {...raw(svg)} />
      <svg class="cross" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {panels.map(({ top, bottom, left }) => (
          <line key={`${left} ${top}`} y1={top} y2={bottom} />
        ))}
        {series.map(({ group, name, color }) => (
          <circle key={`${group} ${name}`} r="4" fill={color} />
        ))}
      </svg>
    </div>
  );
}

function Swatch({ color, dash }: ReadSeries) {
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line x1="1" x2="21" y1="4" y2="4" stroke={color} stroke-width="2.25" stroke-dasharray={dash.join(' ')} />
    </svg>
  );
}
