import { groupsOf, type Readings, type ReadSeries } from '../../charts/chart.js';
import type { Drawing } from '../figures/drawing.js';
import type { Figure } from '../figures/figure.js';
import { fourDigits } from '../number-text.js';
import { raw, rawJson } from './text.js';

/** A figure with what the page's script needs to show values: crosshairs, a tooltip, and a slider for the keyboard. */
export function FigureView({ figure }: { figure: Figure }) {
  const { id, caption, readings, wide, narrow } = figure;
  const { series } = readings;
  return (
    <figure class="chart">
      <div class="stage">
        <DrawingView drawing={wide} size="wide" series={series} />
        <DrawingView drawing={narrow} size="narrow" series={series} />
        <div class="tooltip" aria-hidden="true" hidden>
          <p class="tooltip-title" />
          {series.map((line) => (
            <p key={`${line.group} ${line.name}`} class="tooltip-row">
              <Swatch {...line} />
              <span class="tooltip-name">{line.name}</span> <span class="tooltip-value" />
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

/** The data for the script. */
function data({ readings: { titles, series, group }, wide, narrow }: Figure) {
  return {
    titles,
    group,
    groups: series.map((line) => line.group),
    texts: series.map(({ values }) => values.map((value) => (value === null ? null : fourDigits(value)))),
    drawings: [wide, narrow].map(({ svg: _, height: __, ...positions }) => positions),
  };
}

/** The slider that shows the values by keyboard and touch. The script reveals it, as it does nothing without the script. */
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
      <svg class="crosshair" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
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
