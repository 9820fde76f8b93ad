import { countText, InputError, notAllowed, numberText } from '@lrfind/core';
import type { Schedule } from '@lrfind/core/schedules';
import type { TopLevelSpec } from 'vega-lite';
import { axisTicks, rateTicks } from '../axes/ticks.js';
import { stepTicks, type TimeFrame } from '../axes/time-axis.js';
import { tickExtent } from '../axes/value-axis.js';
import {
  linearRateDomain,
  logRateDomain,
  momentumDomain,
  type StepValues,
  stepValues,
} from '../curves/schedule-values.js';
import { chartStyle, type FigureOptions } from '../layout/chart-options.js';
import { fitLegend, legendView, lineSymbol } from '../layout/legend.js';
import { axisHeight, axisTitleWidth, bottomEdge, edge, legendGap, titleGap } from '../layout/sizes.js';
import { stackedFigure } from '../layout/stacked-figure.js';
import { layOutTitle, titleSpec } from '../layout/title.js';
import { rateLineWidth } from '../panels/marks.js';
import { stepPanel } from '../panels/rates.js';
import { textWidth } from '../text/width.js';
import { maxSeries, type SeriesStyle, seriesStyle, themeConfig } from '../theme.js';

/** A schedule as a chart takes it. */
export interface NamedSchedule {
  /** The text of the legend, such as the schedule's text form. */
  name: string;
  /** Any function from step to learning rate. */
  schedule: Schedule;
}

/** Options of a chart of schedules. */
export interface RateByStepOptions extends FigureOptions {
  /** How many steps to draw, from step 0 on: a whole number from 2 to 1,000,000; default 1000. */
  steps?: number | undefined;
  /** Whether the axis of rates is logarithmic; default false. */
  log?: boolean | undefined;
}

/**
 * The learning rate of every step of a training, a line for each schedule, and below it the momentum where a schedule has
 * one; a low figure leaves that out. Jumps are vertical, and all corners are kept. On a logarithmic axis, rates of 0 and
 * those below a millionth of the highest are below the axis.
 *
 * @param schedules at most 12
 * @returns a Vega-Lite specification that contains its data
 * @throws InputError for no schedule or too many, for an invalid option, or for a logarithmic axis without a rate above 0
 *
 * @example
 * const schedule = resolveSchedule('cosine(0.1, steps=1000)');
 * const svg = await renderSvg(rateByStep([{ name: 'cosine', schedule }], { steps: 1000 }));
 */
export function rateByStep(schedules: readonly NamedSchedule[], options: RateByStepOptions = {}): TopLevelSpec {
  checkSchedules(schedules);
  const style = chartStyle(options, ['steps', 'log']);
  const { theme, width, height, size } = style;
  const { steps, log } = stepOptions(options);
  const last = steps - 1;

  const rates = schedules.map(({ schedule }) => stepValues(schedule, last));
  const rateEnds = log ? logRateDomain(rates) : linearRateDomain(rates);
  const styles = schedules.map((_, i) => seriesStyle(theme, i));
  const momenta = schedules.flatMap(({ schedule: { momentum } }, i) =>
    momentum ? [{ of: momentum, ...(styles[i] as SeriesStyle) }] : [],
  );
  const momentumEnds = momentumDomain(momenta.map(({ of }) => stepValues(of, last)));

  // Everything else takes the height that it needs; the panels share the rest.
  const [only] = schedules.length === 1 ? schedules : [];
  const subtitle = only ? rateSummary(rates[0] as StepValues) : `steps 0 to ${countText(last)}`;
  const title = layOutTitle(
    style.title ?? only?.name ?? 'Learning-rate schedules',
    subtitle,
    style,
    only ? [only.name] : [],
  );
  const top = edge + title.height + titleGap;
  const entries = schedules.map(({ name }, i) => ({
    ...lineSymbol,
    ...(styles[i] as SeriesStyle),
    strokeWidth: rateLineWidth,
    text: name,
  }));
  const legend = fitLegend(only ? [] : entries, width - 2 * edge, height * 0.33, size);
  const legendTop = axisHeight(size) + legendGap;
  const rest = height - top - legendTop - legend.height - bottomEdge;
  const momentumShare = Math.max(Math.ceil(textWidth('momentum', size)), Math.round((rest - edge) * 0.32));
  const momentumHeight = momenta.length === 0 || rest < 160 ? 0 : momentumShare;
  const rateHeight = rest - (momentumHeight && momentumHeight + edge);

  const rateMarks = log ? rateTicks(rateEnds, rateHeight, size, edge) : axisTicks(rateEnds, rateHeight, size);
  const momentumMarks = axisTicks(momentumEnds, momentumHeight, size);
  const extent = Math.max(tickExtent(rateMarks, size), tickExtent(momentumMarks, size));
  const left = edge + axisTitleWidth(size) + extent;
  const inner = width - left - edge;
  const ticks = stepTicks(last, inner, size, edge - 2);
  const frame: TimeFrame = { width: inner, size, theme, unit: 'step', last, ticks };
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
    ...stackedFigure({ height, inner, left, top, right: edge, bottom: bottomEdge, spacing: edge }),
    description: description(schedules, rates, last),
    title: titleSpec(title, edge - left),
    vconcat: [
      stepPanel(
        schedules.map(({ schedule }, i) => ({ of: schedule, ...(styles[i] as SeriesStyle) })),
        frame,
        rateAxis,
        momentumHeight ? 'grid' : 'axis',
      ),
      ...(momentumHeight ? [stepPanel(momenta, frame, momentumAxis, 'axis')] : []),
      legendView(legend, { width: inner, left: edge - left, top: legendTop - edge, size, color: theme.muted }),
    ],
    config: themeConfig(theme, size),
  };
}

function checkSchedules(schedules: readonly NamedSchedule[]): void {
  if (!Array.isArray(schedules)) throw notAllowed('schedules', `a list of 1 to ${maxSeries}`, schedules);
  if (schedules.length === 0 || schedules.length > maxSeries)
    throw new InputError(`schedules must be a list of 1 to ${maxSeries}; got ${schedules.length}`);
  for (const [i, { name, schedule }] of schedules.entries()) {
    if (typeof name !== 'string') throw notAllowed(`schedules[${i}].name`, 'text', name);
    if (typeof schedule !== 'function')
      throw notAllowed(`schedules[${i}].schedule`, 'a function from step to rate', schedule);
  }
}

function stepOptions({ steps = 1000, log = false }: RateByStepOptions): { steps: number; log: boolean } {
  if (!(Number.isInteger(steps) && steps >= 2 && steps <= 1e6))
    throw notAllowed('steps', 'a whole number from 2 to 1000000', steps);
  if (typeof log !== 'boolean') throw notAllowed('log', 'true or false', log);
  return { steps, log };
}

/** The history of the rate in words: `0 at first, 0.1 at step 100, 0 at last`. */
function rateSummary({ first, highest, highestStep, last, lowest }: StepValues): string {
  if (lowest === highest) return `${numberText(first, 3)} throughout`;
  const peaks = highest > first && highest > last;
  const between = peaks ? `, ${numberText(highest, 3)} at step ${countText(highestStep)}` : '';
  return `${numberText(first, 3)} at first${between}, ${numberText(last, 3)} at last`;
}

/** The chart in sentences, for screen readers. */
function description(schedules: readonly NamedSchedule[], rates: readonly StepValues[], last: number): string {
  const each = schedules.map(({ name }, i) => `${name}: ${rateSummary(rates[i] as StepValues)}.`);
  return [`Learning rate over the steps 0 to ${countText(last)}.`, ...each].join(' ');
}
