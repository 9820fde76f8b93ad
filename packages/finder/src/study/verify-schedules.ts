import type { OutdoneSchedule, Verification } from '@lrfind/core/results';
import type { PeakSchedule } from '@lrfind/core/schedules';
import { rankSchedules } from '@lrfind/core/study';
import type { Session } from '../engine/session.js';
import type { ModelOptimizer } from '../optimizers/model-optimizer.js';
import { scheduleOf } from './learning-rate.js';
import { type VerifyOptions, verify } from './verify.js';

/** What the trials along several schedules show. */
export interface VerifiedSchedules {
  /** The trials along the schedule that did best. */
  readonly verification: Verification;
  /** That schedule with its peak, over the training that it is for. */
  readonly text: string;
  /** The others, best first. */
  readonly others: readonly OutdoneSchedule[];
  /** Of all trials. */
  readonly steps: number;
  readonly seconds: number;
  /** On schedules along which every training diverged. */
  readonly notes: readonly string[];
}

/**
 * Tries the peak rate of each of some schedules, and ranks the schedules by their loss on the validation rows.
 *
 * @returns null when every training along every schedule diverged
 * @throws the signal's reason when it is aborted
 */
export async function verifySchedules(
  session: Session,
  optimizer: ModelOptimizer,
  schedules: readonly PeakSchedule[],
  options: Omit<VerifyOptions, 'schedule'>,
): Promise<VerifiedSchedules | null> {
  const tried: Verification[] = [];
  const notes: string[] = [];
  for (const schedule of schedules) {
    // The best rate along one schedule is a better guess for the next than the answer of the sweeps is.
    const around = bestRate(tried.at(-1)) ?? options.around;
    const verification = await verify(session, optimizer, { ...options, around, schedule });
    if (verification) tried.push(verification);
    else notes.push(`every training along ${schedule.text} diverged`);
  }
  if (tried.length === 0) return null;
  const { best, others } = rankSchedules(tried);
  const schedule = schedules.find(({ text }) => text === best.schedule) as PeakSchedule;
  const sum = (of: 'steps' | 'seconds') => tried.reduce((total, each) => total + each[of], 0);
  return {
    verification: best,
    text: peakText(schedule, best.learningRate, options.target ?? options.length),
    others,
    steps: sum('steps'),
    seconds: sum('seconds'),
    notes,
  };
}

/** The tried rate that did best in the longest trainings. */
function bestRate(verification: Verification | undefined): number | undefined {
  return verification && rankSchedules([verification]).rate;
}

/**
 * A schedule with its peak, as text.
 *
 * @param rate of which three digits are kept: no more are known of it
 * @param length steps of the training
 */
export function peakText(schedule: PeakSchedule, rate: number, length: number): string {
  return scheduleOf(schedule.at(Number(rate.toPrecision(3)), length)).text;
}
