/** A result as trackers take it: runs with parameters and series of numbers, a summary, the document, and a picture. */
export interface TrackedResult {
  /** The command that made it, such as `train`, which names the runs. */
  readonly command: string;
  /** When it started, in milliseconds since 1970. */
  readonly started: number;
  /** The summary that the command prints. */
  readonly summary: string;
  /** The whole result, as `--out result.json` writes it. */
  readonly json: string;
  /** Draws the result's chart. */
  readonly picture: () => Promise<Uint8Array>;
  /** The result's own run, with the summary and the picture, and those within it: sweeps or trainings, one for each seed. */
  readonly runs: readonly [own: TrackedRun, ...within: TrackedRun[]];
}

/** One run: what was set, and what was measured. */
export interface TrackedRun {
  /** Where it is within the result, such as trial and seed; empty for the result's own run. */
  readonly names: readonly string[];
  readonly parameters: TrackedParameters;
  readonly series: readonly TrackedSeries[];
  /** How it ended. A run that diverged, was pruned or could not be trained counts as failed. */
  readonly outcome: 'finished' | 'stopped' | 'pruned' | 'diverged' | 'failed';
  /** Wall time in seconds. */
  readonly seconds: number;
}

/** What was set, by name. */
export type TrackedParameters = Readonly<Record<string, string | number | boolean>>;

/** A number that was measured at some steps. */
export interface TrackedSeries {
  readonly name: string;
  readonly points: readonly TrackedPoint[];
}

/** A number at a step. */
export interface TrackedPoint {
  /** Training steps before it. */
  readonly step: number;
  /** Null if it was not finite. */
  readonly value: number | null;
  /** Wall time since the start of the run. */
  readonly seconds: number;
}

/** The first of these names that is not taken: `name`, `name-2`, `name-3` and so on. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  let free = name;
  for (let i = 2; taken(free); i++) free = `${name}-${i}`;
  return free;
}

/** The name of a result's own run: its command and when it started, in UTC: `find-20261129-221524`. */
export function resultName({ command, started }: Pick<TrackedResult, 'command' | 'started'>): string {
  return `${command}-${new Date(started).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
}
