import { counted, rateText } from '../format.js';
import type { Verification } from '../results/verification.js';
import { mean } from '../statistics.js';
import { nothingToGain } from './gain.js';
import { sensitivityText } from './sensitivity.js';

/**
 * What the trainings of a verification show, in a sentence or two: `Tried: of 7 rates, trained for up to 120 steps with 3
 * seeds, 0.0031 did best on the validation rows. The answer of the sweeps, 0.0102, would have cost 12 % of the descent.` Then follows
 * what rates beside the best one cost.
 */
export function verificationText(verification: Verification): string {
  const { sensitivity } = verification;
  const nothing = nothingToGain(verification);
  if (nothing) return `Tried: ${nothing}.`;
  return [triedText(verification), ...(sensitivity ? [sensitivityText(sensitivity)] : [])].join(' ');
}

function triedText(verification: Verification): string {
  const { schedule, comparedBy, learningRate, plain, cost, tried, length, verdict } = verification;
  const by = comparedBy === 'batches' ? 'by the losses of its last batches' : 'on the validation rows';
  const seeds = Math.max(...tried.map(({ trainings }) => trainings.length));
  const isEdge = verdict === 'unsure' && !isBetween(learningRate, tried);
  const found = `Tried: of ${counted(tried.length, 'rate')}${schedule === undefined || schedule === 'constant' ? '' : ` as the peak of ${schedule}`}, trained for up to ${counted(length, 'step')} with ${counted(seeds, 'seed')}, ${rateText(learningRate)} did best ${by}`;
  const edge = isEdge ? '; higher or lower rates that were not tried may do better' : '';
  if (plain === null) return `${found}${edge}. The sweeps alone have no answer.`;
  const sweeps = `the answer of the sweeps, ${rateText(plain)}`;
  if (!cost) return `${found}${edge}. That is next to ${sweeps}.`;
  if (cost.verdict === 'unknown') return `${found}${edge}; too few seeds were trained at ${sweeps}, to compare it.`;
  if (cost.verdict !== 'worse') return `${found}${edge}; ${sweeps}, does as well within the noise.`;
  const share = cost.difference / descent(tried, cost.step);
  const price = Number.isFinite(share) && share < 10 ? `${Math.round(100 * share)} % of the descent` : 'far more';
  const after = cost.step < length ? ` after ${counted(cost.step, 'step')}` : '';
  return `${found}${edge}; ${sweeps}, would have cost ${price}${after}.`;
}

/** Whether rates on both sides were trained to the end. */
function isBetween(rate: number, tried: Verification['tried']): boolean {
  const whole = tried.filter(({ trainings }) => trainings.every(({ outcome }) => outcome !== 'pruned'));
  return whole.some((each) => each.rate < rate) && whole.some((each) => each.rate > rate);
}

/** How far the best training had lowered the loss after a step, on average over seeds. */
function descent(tried: Verification['tried'], step: number): number {
  const falls = tried.map(({ trainings }) =>
    mean(
      trainings.map(
        ({ start, evaluations }) =>
          (start?.loss ?? Number.NaN) -
          (evaluations.find((each) => each.step === step)?.validation?.loss ?? Number.NaN),
      ),
    ),
  );
  return Math.max(...falls.filter(Number.isFinite));
}
