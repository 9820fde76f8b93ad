import { type Executor, fromSavedState, type TrialOutcome, type TrialSpec } from '@lrfind/core/study';
import { jobsAtOnce, useWorkers } from '#workers';
import { ENOUGH_MS, TRACED, WARM_UP } from '../engine/pace.js';
import type { TrainingStep } from '../engine/training-step.js';
import type { Job, Lanes } from '../engine/workers/lanes.js';
import { sameValues } from '../engine/workers/same-values.js';
import type { TrialDone, TrialJob } from '../engine/workers/worker-tasks.js';
import type { InProcessTrials } from './in-process.js';
import { kindOf, type PaceMeter, paceMeter } from './pace-meter.js';

/** Steps after which a pace is believed, however quick they were. */
const LEAST_STEPS = 16;

/** What there is to train, and with what. */
export interface PlannedWork {
  readonly lanes: Lanes;
  /** About how many steps all trainings take. */
  readonly steps: number;
}

/**
 * Runs trials in the lanes of their sessions, which have workers once the pace says that they are worth it. A session's trials run on
 * workers once one of these has come to the same state as this thread after the first steps of a training of that session.
 *
 * @param trials what runs them in this thread
 */
export function executorInLanes(
  { executor: own, sessionOf, sharing }: Omit<InProcessTrials, 'trials'>,
  { lanes, steps: plannedSteps }: PlannedWork,
): Executor {
  /** Of trainings while no worker computes, by their kind. */
  const alone = new Map<string, PaceMeter>();
  let stepsEnded = 0;

  /** Does what is due after some steps of a training in this thread. */
  const consider = async (spec: TrialSpec, steps: number, step: TrainingStep, signal: AbortSignal | undefined) => {
    // No worker could take the same steps.
    if (isOwnFunction(spec)) return;
    const session = sessionOf(spec);
    const meter = alone.get(kindOf(spec)) as PaceMeter;
    if (steps < Math.min(TRACED, spec.evaluateAt.at(-1) as number)) return;
    if (lanes.wanted === 'auto' && meter.steps < LEAST_STEPS && meter.milliseconds < ENOUGH_MS) return;
    await useWorkers(session, (meter.pace ?? 0) * (plannedSteps - stepsEnded - steps), async () => {
      const { values } = await step.save();
      // A training that goes on, so that it reports its state.
      const begun = { ...spec, evaluateAt: evaluationsUntil(spec, steps), length: Math.max(spec.length, steps + 1) };
      const task: TrialJob = { kind: 'trial', session: session.number, spec: begun, sharing };
      return async (worker) => {
        const { outcome } = (await worker.ask(task, () => {}, signal)) as TrialDone;
        return outcome.state !== null && sameValues(values, fromSavedState(outcome.state).values);
      };
    });
  };

  return {
    concurrency: jobsAtOnce(lanes),
    run(spec, { onEvaluation, signal: given }) {
      const session = sessionOf(spec);
      const signal = given as AbortSignal | undefined;
      const kind = kindOf(spec);
      let speed: number | undefined;
      const here = async (): Promise<TrialOutcome> => {
        const known = alone.get(kind);
        const aloneMeter = known ?? paceMeter();
        alone.set(kind, aloneMeter);
        const sharedMeter = paceMeter();
        const meters = () =>
          (lanes.isAlone ? [aloneMeter, sharedMeter] : [sharedMeter, aloneMeter]) as [PaceMeter, PaceMeter];
        const begin = (steps: number) => {
          const [meter, other] = meters();
          other.pause();
          meter.begin(steps);
        };
        if (known) begin(spec.from?.state.steps ?? 0);
        else aloneMeter.pause();
        const outcome = await own.run(spec, {
          onEvaluation(evaluation) {
            begin(evaluation.step);
            onEvaluation?.(evaluation);
          },
          async onRead(steps, step) {
            const [meter, other] = meters();
            other.pause();
            if (known || steps >= WARM_UP) meter.read(steps);
            await consider(spec, steps, step, signal);
          },
          signal,
        });
        if (aloneMeter.pace && sharedMeter.pace) speed = aloneMeter.pace / sharedMeter.pace;
        return outcome;
      };
      const there: Job<TrialOutcome>['there'] = async (worker) => {
        const task: TrialJob = { kind: 'trial', session: session.number, spec, sharing };
        const { outcome, pace } = (await worker.ask(task, onEvaluation ?? (() => {}), signal)) as TrialDone;
        const before = alone.get(kind)?.pace;
        if (before && pace) speed = before / pace;
        return outcome;
      };
      return lanes
        .run({
          session: session.number,
          here,
          there,
          isPlain: !isOwnFunction(spec),
          speed: () => speed,
          signal,
        })
        .then((outcome) => {
          stepsEnded += (outcome.training.divergedAt ?? spec.evaluateAt.at(-1) ?? 0) - (spec.from?.state.steps ?? 0);
          return outcome;
        });
    },
  };
}

/** Whether the schedule is a function of the caller's, which only this thread has. */
function isOwnFunction({ recipe }: TrialSpec): boolean {
  return 'ref' in recipe.schedule;
}

/** The steps after which a training is evaluated up to some step, and that step. */
function evaluationsUntil({ evaluateAt }: TrialSpec, steps: number): number[] {
  return [...evaluateAt.filter((at) => at < steps), steps];
}
