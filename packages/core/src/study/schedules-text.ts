import { counted, rateText } from '../format.js';
import type { SweepResult } from '../results/sweep.js';
import type { OutdoneSchedule, Verification } from '../results/verification.js';

/** Which schedule did best, and whether by more than the noise; empty where only one was tried. */
export function schedulesText({
  verification,
  otherSchedules = [],
}: Pick<SweepResult, 'verification' | 'otherSchedules'>): string {
  if (!verification?.schedule || otherSchedules.length === 0) return '';
  const { schedule, length, tried } = verification;
  const seeds = Math.max(...tried.map(({ trainings }) => trainings.length));
  const beaten = otherSchedules.filter(({ behind }) => behind.verdict === 'worse');
  const level = otherSchedules.filter(({ behind }) => behind.verdict !== 'worse');
  const found = `Of ${counted(otherSchedules.length + 1, 'schedule')}, each at its best peak, ${schedule} did best after ${counted(length, 'step')} with ${counted(seeds, 'seed')}`;
  const parts = [
    ...(beaten.length > 0 ? [`${namesOf(beaten)} by more than the noise`] : []),
    ...(level.length > 0 ? [`${namesOf(level)} within the noise`] : []),
  ];
  return `${found}, before ${parts.join(' and ')}.${longer(verification)}`;
}

function namesOf(schedules: readonly OutdoneSchedule[]): string {
  return schedules.map(({ schedule, learningRate }) => `${schedule} (${rateText(learningRate)})`).join(' and ');
}

function longer({ length, target }: Verification): string {
  if (target === null || target <= length) return '';
  return ` The training that the rate is for has ${counted(target, 'step')}; in one that is longer another schedule may do best.`;
}
