import type { TrialSpec } from '@lrfind/core/study';

/** Measures the pace of a training from the moments at which its losses were read. */
export interface PaceMeter {
  /** Begins to count: what was done before, such as an evaluation, is left out. */
  begin(steps: number): void;
  /** Counts the time since the last call, once so many steps have been taken. */
  read(steps: number): void;
  /** Leaves out the time until the next call. */
  pause(): void;
  /** Steps that were counted, and the milliseconds that they took. */
  readonly steps: number;
  readonly milliseconds: number;
  /** Milliseconds a step; undefined before one was counted. */
  readonly pace: number | undefined;
}

/** A meter that has counted nothing yet. */
export function paceMeter(): PaceMeter {
  let last: { readonly steps: number; readonly at: number } | undefined;
  let counted = 0;
  let milliseconds = 0;
  const begin = (steps: number) => {
    last = { steps, at: performance.now() };
  };
  return {
    begin,
    read(steps) {
      if (last) {
        counted += steps - last.steps;
        milliseconds += performance.now() - last.at;
      }
      begin(steps);
    },
    pause() {
      last = undefined;
    },
    get steps() {
      return counted;
    },
    get milliseconds() {
      return milliseconds;
    },
    get pace() {
      return counted > 0 ? milliseconds / counted : undefined;
    },
  };
}

/** What trainings of one pace have in common: the first of them takes longer, because its step is compiled. */
export function kindOf({ model, recipe }: Pick<TrialSpec, 'model' | 'recipe'>): string {
  return JSON.stringify([model.ref, recipe.optimizer, recipe.batchSize]);
}
