import { InputError, notOneOf } from '@lrfind/core';
import type { Recipe } from '@lrfind/core/results';
import { scheduleToBeFound } from '@lrfind/core/schedules';
import type { CallbackConfig, CompareSettings } from '@lrfind/core/study';
import {
  callbackText,
  comparedAs,
  comparedCallback,
  makeCallback,
  type TrialCallback,
} from '../callbacks/compared-callback.js';
import { callbackConfigs } from '../engine/callback-hooks.js';
import type { Session } from '../engine/session.js';
import type { LearningRateChoice } from '../options.js';
import { scheduleOf } from './learning-rate.js';

/** The callbacks that the caller gives a trial, and what messages call them. */
export interface GivenCallbacks {
  readonly specs: TrialCallback | readonly TrialCallback[];
  readonly option: string;
}

/** A trial to which callbacks are to listen. */
interface Heard {
  /** Its number, from 0. */
  readonly trial: number;
  readonly session: Session;
  readonly learningRate: LearningRateChoice;
  /** Steps of a training. */
  readonly length: number;
  readonly settings: CompareSettings;
}

/**
 * The callbacks of a trial as JSON.
 *
 * @throws InputError for a callback that is unknown, has no place in a comparison, or could do nothing: it watches what is not
 *   measured, counts epochs where the length is given in steps, or sets a rate that a schedule decides
 */
export function planCallbacks({ specs, option }: GivenCallbacks, heard: Heard): CallbackConfig[] {
  return [specs].flat().map((spec, i) => {
    const what = Array.isArray(specs) ? `${option}[${i}]` : option;
    const config = comparedCallback(spec as TrialCallback, what);
    const { counts, setsRate } = comparedAs(config);
    const text = callbackText(config);
    if (counts === 'epochs' && heard.settings.steps !== undefined)
      throw new InputError(
        `${what}: ${text} counts epochs, so the length must be given as epochs; got ${heard.settings.steps} steps`,
      );
    if (setsRate) refuseSchedule(heard, what, text);
    checkMonitored(config, heard.session, what);
    return config;
  });
}

/** The callbacks of a trial with every option, for its result. */
export function callbacksUsed(callbacks: readonly CallbackConfig[]): NonNullable<Recipe['callbacks']> {
  return callbackConfigs(callbacks.map(makeCallback));
}

function refuseSchedule({ trial, learningRate, length }: Heard, what: string, callback: string): void {
  if (learningRate === 'find') return;
  const found = scheduleToBeFound(learningRate);
  const { schedule, text } = found
    ? { schedule: found.at(1, length), text: found.toBeFound }
    : scheduleOf(learningRate, length);
  if (schedule.config?.name !== 'constant')
    throw new InputError(
      `${what}: ${callback} sets the learning rate, so that of trials[${trial}] must be a number or find; got ${text}`,
    );
}

/** A callback does nothing where it watches what no epoch measures. */
function checkMonitored(config: CallbackConfig, { metrics }: Session, what: string): void {
  const { monitor } = (makeCallback(config) as { readonly config?: { readonly monitor?: string } }).config ?? {};
  if (monitor === undefined) return;
  const measured = ['loss', ...metrics.map(({ name }) => name)];
  const names = [...measured.map((name) => `val_${name}`), ...measured];
  if (!names.includes(monitor)) throw notOneOf(`${what}: ${config.name}.monitor`, names, monitor);
}
