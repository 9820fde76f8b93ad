import { InputError } from '../errors.js';
import { mean } from '../statistics.js';
import { asynchronousHalving, asynchronousRungs, type RungJob } from './asynchronous-halving.js';
import type { AbortLike } from './at-once.js';
import { takingCompleted } from './completed-parts.js';
import type { CompletedEntry, JournalEntry } from './journal.js';
import { endMeasures } from './ranking.js';
import {
  advance,
  type DrawnTrials,
  type PartRunner,
  prune,
  readingStates,
  type TrainingProgress,
  type Trial,
} from './training-progress.js';

/** A trial on its way to a rung. */
interface Scheduled extends RungJob {
  readonly name: string;
  /** The number of evaluations at the rung. */
  readonly until: number;
  /** Trainings that are not there yet. */
  readonly missing: Set<TrainingProgress>;
}

/** Of trials that are drawn by how the earlier ones did, at most one in so many waits for its first result at a time. */
const WAITING_SHARE = 4;

/** Trials that are halved asynchronously, or drawn one after the other. */
export interface AsynchronousPlan extends PartRunner {
  readonly trials: readonly Trial[] | DrawnTrials;
  readonly halving: false | 'asynchronous';
  /** Entries of an earlier run that was interrupted; empty to start. */
  readonly completed: readonly CompletedEntry[];
  /** The trainings of a trial, before their first step. */
  readonly begin: () => TrainingProgress[];
}

/**
 * Trains trials with asynchronous halving, or such as are drawn: whenever another training can begin, it is decided which.
 *
 * What is decided depends on what has been reported before, so both are recorded in the journal in the order in which they happened.
 * Decisions and reports of the entries are repeated in that order; a decision that comes out otherwise shows that the entries are not
 * those of these trials.
 *
 * @param plan with a journal that stores entries one at a time
 * @param most how many trainings may run at once
 * @param stopping is aborted with the first error
 * @returns the trainings of each trial
 * @throws InputError when there are too few evaluations, and for entries that do not follow from one another; the first error of a
 *   training or the journal, once all trainings that had begun have ended
 */
export async function runAsynchronously(
  { trials: planned, halving, begin, completed, ...runner }: AsynchronousPlan,
  most: number,
  stopping: AbortLike,
): Promise<TrainingProgress[][]> {
  const { count, evaluations, draw } = drawable(planned);
  const rungs = halving === 'asynchronous' ? asynchronousRungs(count, evaluations) : [evaluations];
  const scheduler = asynchronousHalving(count, rungs.length);
  const atFirst = 'draw' in planned ? Math.max(1, Math.ceil(count / WAITING_SHARE)) : count;
  const trials: Trial[] = [];
  const progress: TrainingProgress[][] = [];
  const scheduled = new Map<string, Scheduled>();

  /** Decides what is trained next. Reports it at once where nothing is left to train, since callbacks or a divergence have ended it. */
  const schedule = (): Scheduled | null => {
    const job = scheduler.next(scheduler.unreported() < atFirst);
    if (!job) return null;
    if (job.trial === trials.length) {
      trials.push(draw(scheduler.ranked()));
      progress.push(begin());
    }
    const until = rungs[job.rung] as number;
    const missing = new Set(
      (progress[job.trial] as TrainingProgress[]).filter(({ training }) => training.outcome === 'finished'),
    );
    const added = { ...job, name: (trials[job.trial] as Trial).trial, until, missing };
    if (missing.size > 0) scheduled.set(added.name, added);
    else report(added);
    return added;
  };
  const report = (job: Scheduled) => {
    scheduled.delete(job.name);
    scheduler.report(job, lossOf(progress[job.trial] as TrainingProgress[]));
  };
  const arrive = (job: Scheduled, current: TrainingProgress) => {
    if (job.missing.delete(current) && job.missing.size === 0) report(job);
  };
  const untilStep = ({ trial, until }: Scheduled) => (trials[trial] as Trial).evaluateAt[until - 1] as number;

  for (const entry of completed) {
    if (entry.kind === 'scheduled') {
      const job = schedule();
      if (!job || job.name !== entry.trial || untilStep(job) !== entry.untilStep) throw damaged(entry);
    } else if (entry.kind === 'trained') {
      const job = scheduled.get(entry.trial);
      const current = job && [...job.missing].find(({ seed }) => seed === entry.seed);
      if (!job || !current || untilStep(job) !== entry.untilStep) throw damaged(entry);
      await advance(runner, trials[job.trial] as Trial, current, job.until, takingCompleted([entry]));
      arrive(job, current);
    }
  }

  let recorded = Promise.resolve();
  const record = (entry: JournalEntry): Promise<void> => {
    recorded = runner.journal?.add(entry) ?? recorded;
    // Thrown where it is awaited: by the part that it belongs to, or at the end.
    recorded.catch(() => {});
    return recorded;
  };
  /** Parts that are decided on and have not begun. */
  const waiting = [...scheduled.values()].flatMap((job) =>
    [...job.missing].map((current) => ({ job, current, stored: Promise.resolve() })),
  );
  const next = () => {
    while (waiting.length === 0) {
      const job = schedule();
      if (!job) return undefined;
      const stored = record({ kind: 'scheduled', trial: job.name, untilStep: untilStep(job) });
      waiting.push(...[...job.missing].map((current) => ({ job, current, stored })));
    }
    return waiting.shift();
  };
  const run = async ({ job, current, stored }: (typeof waiting)[0]) => {
    await stored;
    const journal = {
      open: async () => [],
      // The report comes before what is decided after it, as in the journal.
      add(entry: JournalEntry) {
        const stored = record(entry);
        arrive(job, current);
        return stored;
      },
      ...readingStates(runner.journal),
    };
    await advance({ ...runner, journal }, trials[job.trial] as Trial, current, job.until);
  };
  await runWhile(next, run, most, stopping);
  await recorded;
  for (const current of progress.flat()) if (current.state) prune(current);
  return progress;
}

/** Trials that are there from the start, as if they were drawn. */
function drawable(trials: readonly Trial[] | DrawnTrials): DrawnTrials {
  if ('draw' in trials) return trials;
  const waiting = trials.values();
  return {
    count: trials.length,
    evaluations: trials[0]?.evaluateAt.length ?? 0,
    draw: () => waiting.next().value as Trial,
  };
}

/**
 * Runs tasks as long as there are any, some at once. Which comes next is asked whenever another may begin.
 *
 * @throws the first error, of `next` or of a task, once all tasks that had begun have ended
 */
async function runWhile<Task>(
  next: () => Task | undefined,
  run: (task: Task) => Promise<void>,
  most: number,
  stopping: AbortLike,
): Promise<void> {
  const failures: unknown[] = [];
  let running = 0;
  await new Promise<void>((resolve) => {
    const fail = (error: unknown) => {
      failures.push(error);
      stopping.abort(error);
    };
    const begin = () => {
      while (running < most) {
        const task = next();
        if (task === undefined) break;
        running += 1;
        run(task)
          .catch(fail)
          .finally(() => {
            running -= 1;
            fill();
          });
      }
    };
    const fill = () => {
      try {
        if (failures.length === 0) begin();
      } catch (error) {
        fail(error);
      }
      if (running === 0) resolve();
    };
    fill();
  });
  if (failures.length > 0) throw failures[0];
}

/** What a trial is ranked by at a rung: the mean over seeds of its loss; null where one diverged. */
function lossOf(trainings: readonly TrainingProgress[]): number | null {
  const losses = trainings.map(({ training }) =>
    training.outcome === 'diverged' ? null : (endMeasures(training)?.loss ?? null),
  );
  return losses.every((loss) => loss !== null) ? mean(losses as number[]) : null;
}

function damaged({ trial, untilStep }: { readonly trial: string; readonly untilStep: number }): InputError {
  return new InputError(
    `the journal's entry of trial "${trial}" until step ${untilStep} must follow from the entries before it; it is damaged: delete the journal to start again`,
  );
}
