// What the page shows, as plain JSON. The page's script imports this module too, so it uses nothing of Node.

/** How a line is drawn: the loss, the loss on validation rows, or one of several that are compared, by its number from 0. */
export type LineStyle = 'loss' | 'validation' | number;

/** A line of a panel, or loose points. */
export interface LiveLine {
  /** Unique in its panel. */
  readonly name: string;
  /** What the legend calls it, and all others with that label; without one the legend leaves it out. */
  readonly label?: string;
  readonly style: LineStyle;
  /** Points that no line joins. */
  readonly dots?: boolean;
  /** Drawn thin and pale, behind the other lines. */
  readonly pale?: boolean;
  /** From left to right, at most {@link MOST_POINTS}. */
  points: [x: number, y: number][];
  /** How many points were averaged into each, once there were too many. Default: 1. */
  every?: number;
  /** Points that are not enough to be averaged yet. */
  rest?: [x: number, y: number][];
}

/** A panel: lines over a common axis. */
export interface LivePanel {
  readonly id: string;
  readonly title: string;
  /** What belongs to the title in plain text, such as the name of a file. */
  readonly note?: string;
  /** Title of each axis, and both ends of the horizontal one where they are known beforehand. */
  readonly x: { readonly title: string; readonly log: boolean; readonly domain?: readonly [number, number] };
  /** `of`: what is measured, where panels of the same title may not measure the same. `fromZero`: whether the axis begins at 0. */
  readonly y: { readonly title: string; readonly of?: string; readonly fromZero?: boolean };
  /** A value of the horizontal axis to mark, such as the suggested rate. */
  readonly mark?: { readonly x: number; readonly text: string } | undefined;
  lines: LiveLine[];
}

/** How far the work is. */
export interface LiveStatus {
  /** In a phrase: `sweep 2 of 5`. */
  readonly text: string;
  /** The latest numbers: `rate 0.01, loss 0.43`. */
  readonly detail?: string;
  /** What is done, of how much; without it nothing is known of that. */
  readonly done?: number;
  readonly total?: number;
}

/** Results next to each other: a row for each fact, with a cell for each result. */
export interface LiveTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Everything that the page shows. */
export interface LiveState {
  readonly title: string;
  readonly subtitle: string;
  status: LiveStatus;
  panels: LivePanel[];
  readonly table?: LiveTable;
  /** `running` until there is a report, or until the command has ended without one. */
  outcome: 'running' | 'reported' | 'ended';
}

/** What a page begins with. */
export type PageStart = Pick<LiveState, 'title' | 'subtitle' | 'panels' | 'table'>;

/** What changes at once. */
export interface LiveUpdate {
  status?: LiveStatus;
  /** Panels to add, or to begin anew, by their id. */
  panels?: LivePanel[];
  /** Lines to add, by the id of their panel. */
  lines?: Record<string, LiveLine[]>;
  /** Further points, by the id of the panel and the name of the line. */
  points?: Record<string, Record<string, [x: number, y: number][]>>;
  outcome?: LiveState['outcome'];
}

/** More points than that are averaged in pairs: the eye does not see more, and a page that is open for days must not grow. */
export const MOST_POINTS = 1024;

/** Applies an update to a state in place. Whoever applies equal updates has equal states. */
export function applyUpdate(
  state: LiveState,
  { status, panels = [], lines = {}, points = {}, outcome }: LiveUpdate,
): void {
  if (status) state.status = status;
  for (const panel of panels) {
    const copy = structuredClone(panel);
    const at = state.panels.findIndex(({ id }) => id === panel.id);
    if (at < 0) state.panels.push(copy);
    else state.panels[at] = copy;
  }
  for (const panel of state.panels) {
    for (const line of lines[panel.id] ?? []) panel.lines.push(structuredClone(line));
    for (const [name, added] of Object.entries(points[panel.id] ?? {})) {
      const line = panel.lines.find((each) => each.name === name);
      if (line) addPoints(line, added);
    }
  }
  if (outcome) state.outcome = outcome;
}

/** Adds points; of a line that has too many each two become one. Of loose points the oldest go. */
function addPoints(line: LiveLine, added: readonly [x: number, y: number][]): void {
  if (line.dots) {
    line.points.push(...added);
    line.points.splice(0, Math.max(0, line.points.length - MOST_POINTS));
    return;
  }
  for (const point of added) {
    const every = line.every ?? 1;
    const rest = [...(line.rest ?? []), point];
    line.rest = rest.length < every ? rest : [];
    if (rest.length < every) continue;
    line.points.push(average(rest));
    if (line.points.length <= MOST_POINTS) continue;
    const pairs: [number, number][] = [];
    for (let i = 0; i + 1 < line.points.length; i += 2)
      pairs.push(average([line.points[i] as [number, number], line.points[i + 1] as [number, number]]));
    // Of an odd number of points the last waits for its other half.
    if (line.points.length % 2 === 1) line.rest = Array(every).fill(line.points.at(-1));
    line.points = pairs;
    line.every = 2 * every;
  }
}

function average(points: readonly (readonly [number, number])[]): [number, number] {
  if (points.length === 1) return [...(points[0] as [number, number])];
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis] / points.length, 0);
  return [mean(0), mean(1)];
}

/** Adds one update to another that has not been applied yet. */
export function mergeUpdates(into: LiveUpdate, { panels, lines, points, ...rest }: LiveUpdate): void {
  Object.assign(into, rest);
  for (const panel of panels ?? []) {
    into.panels = [...(into.panels ?? []).filter(({ id }) => id !== panel.id), panel];
    // What was to be drawn in the panel before it begins anew.
    delete into.lines?.[panel.id];
    delete into.points?.[panel.id];
  }
  for (const [panel, added] of Object.entries(lines ?? {})) {
    into.lines ??= {};
    into.lines[panel] = [...(into.lines[panel] ?? []), ...added];
  }
  for (const [panel, byLine] of Object.entries(points ?? {})) {
    for (const [line, added] of Object.entries(byLine)) {
      into.points ??= {};
      into.points[panel] ??= {};
      const before = into.points[panel][line];
      if (before) before.push(...added);
      else into.points[panel][line] = [...added];
    }
  }
}
