import { InputError } from '@lrfind/core';
import type { TopLevelSpec } from 'vega-lite';
import { rateAxisHeight } from '../axes/rate-axis.js';
import { type StepFrame, stepText, stepTicks } from '../axes/step-axis.js';
import { rateTicks, type Tick, valueTicks } from '../axes/ticks.js';
import { tickExtent, valueAxis } from '../axes/value-axis.js';
import { type ChartOptions, chartLook } from '../layout/chart-options.js';
import { headingTitle, layHeading } from '../layout/title.js';
import { fitKey, type KeyEntry, keyView, shapes } from '../layout/legend.js';
import { lineWidth, stepLines } from '../panels/step-lines.js';
import { textWidth } from '../text/width.js';
import {
  checkSchedules,
  course,
  linearEnds,
  logEnds,
  type NamedSchedule,
  rangeOf,
  type StepValues,
  stepValues,
} from '../curves/schedule-values.js';
import { seriesLook } from '../layout/series-style.js';
import { stackedPicture } from '../layout/stacked-figure.js';
import { themeConfig } from '../theme.js';

/** How schedules are drawn. */
export interface RateByStepOptions extends ChartOptions {
  /** how many steps to draw, from step 0 on: a whole number from 2 to 1,000,000; default 1000 */
  steps?: number | undefined;
  /** whether the axis of rates is logarithmic; default false */
  log?: boolean | undefined;
}

/** Space around the picture and between the panels, in pixels. */
const edge = 14;

/**
 * The learning rate of every step of a training, a line for each schedule, and below it the momentum where a schedule has one.
 * Jumps are upright, and all corners are kept. On a logarithmic axis rates of 0, and those of less than a millionth of the
 * highest, are below the axis.
 *
 * Where the picture is too low for two panels, the momentum is left out.
 *
 * @param schedules at most 12
 * @returns a Vega-Lite specification that holds its data
 * @throws InputError for no schedule or too many, an option that makes no sense, or a logarithmic axis without a rate above 0
 */
export function rateByStep(schedules: readonly NamedSchedule[], options: RateByStepOptions = {}): TopLevelSpec {
  checkSchedules(schedules);
  const { theme, width, height, title } = chartLook(options, ['steps', 'log']);
  const { steps, log } = stepOptions(options);
  const last = steps - 1;
  const small = width < 560 || height < 400;
  const size = small ? 10 : width >= 1100 && height >= 700 ? 13 : 11;

  const rates = schedules.map(({ schedule }) => stepValues(schedule, last));
  const rateEnds = log ? logEnds(rates) : linearEnds(rates);
  const looks = schedules.map((_, i) => seriesLook(theme, i));
  const momenta = schedules.flatMap(({ schedule: { momentum } }, i) =>
    momentum ? [{ of: momentum, ...(looks[i] as (typeof looks)[number]) }] : [],
  );
  const momentumEnds = rangeOf(momenta.map(({ of }) => stepValues(of, last)));

  // Everything but the panels takes what it needs; the panels share the rest.
  const [only] = schedules.length === 1 ? schedules : [];
  const subject = only ? course(rates[0] as StepValues) : `steps 0 to ${stepText(last)}`;
  const heading = layHeading(
    title ?? only?.name ?? 'Learning-rate schedules',
    subject,
    width - 2 * edge,
    small ? 2 : 3,
    size,
  );
  const top = edge + heading.height + 8;
  const names = schedules.map(({ name }, i): KeyEntry => {
    const look = { ...looks[i], shape: shapes.line, outline: true, area: 400, strokeWidth: lineWidth };
    return { ...look, text: name } as KeyEntry;
  });
  const key = fitKey(only ? [] : names, width - 2 * edge, height * 0.33, size);
  const keyTop = rateAxisHeight({ size }) + 6;
  const bottom = edge - 4;
  const rest = height - top - keyTop - key.height - bottom;
  const momentumShare = Math.max(Math.ceil(textWidth('momentum', size)), Math.round((rest - edge) * 0.32));
  const momentumHeight = momenta.length === 0 || rest < 160 ? 0 : momentumShare;
  const rateHeight = rest - (momentumHeight && momentumHeight + edge);

  const count = (panel: number) => Math.min(7, Math.max(2, panel / 45));
  const rateMarks = log ? rateTicks(rateEnds, rateHeight, size, edge) : valueTicks(rateEnds, count(rateHeight));
  const momentumMarks: Tick[] = momentumHeight ? valueTicks(momentumEnds, count(momentumHeight)) : [];
  const extent = Math.max(tickExtent(rateMarks, size), tickExtent(momentumMarks, size));
  const left = edge + Math.ceil(1.3 * size) + 6 + extent;
  const inner = width - left - edge;
  const frame: StepFrame = { width: inner, size, theme, last, ticks: stepTicks(last, inner, size, edge - 2) };
  const titles = [...(log ? ['learning rate (log scale)'] : []), 'learning rate'];
  const rateTitle = titles.find((text) => textWidth(text, size) <= rateHeight) ?? 'rate';
  const rateAxis = { title: rateTitle, height: rateHeight, domain: rateEnds, ticks: rateMarks, extent, log };
  const momentumAxis = {
    title: 'momentum',
    height: momentumHeight,
    domain: momentumEnds,
    ticks: momentumMarks,
    extent,
  };

  return {
    ...stackedPicture({ height, inner, left, top, right: edge, bottom, spacing: edge }),
    description: description(schedules, rates, last),
    title: headingTitle(heading, edge - left, 8),
    vconcat: [
      stepLines(
        schedules.map(({ schedule }, i) => ({ of: schedule, ...(looks[i] as (typeof looks)[number]) })),
        frame,
        log ? rateAxis : valueAxis(rateAxis, size),
        momentumHeight ? 'grid' : 'axis',
      ),
      ...(momentumHeight ? [stepLines(momenta, frame, valueAxis(momentumAxis, size), 'axis')] : []),
      keyView(key, { width: inner, left: edge - left, top: keyTop - edge, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

function stepOptions({ steps = 1000, log = false }: RateByStepOptions): { steps: number; log: boolean } {
  if (!(Number.isInteger(steps) && steps >= 2 && steps <= 1e6)) {
    throw new InputError(
      `steps: expected a whole number from 2 to 1000000, got ${typeof steps === 'number' ? steps : JSON.stringify(steps)}`,
    );
  }
  if (typeof log !== 'boolean') throw new InputError(`log: expected true or false, got ${JSON.stringify(log)}`);
  return { steps, log };
}

/** The chart in sentences, for those who cannot see it. */
function description(schedules: readonly NamedSchedule[], rates: readonly StepValues[], last: number): string {
  const each = schedules.map(({ name }, i) => `${name}: ${course(rates[i] as StepValues)}.`);
  return [`Learning rate over the steps 0 to ${stepText(last)}.`, ...each].join(' ');
}
