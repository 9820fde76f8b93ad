import { DataTable } from '@lrfind/plots/page-parts';
import type { LivePanel, LiveState, LiveTable } from '../src/live/live-state.js';
import { PanelView } from './panel-view.js';

/** Whether the command answers: it does, it did a moment ago, or it has ended. */
export type Connection = 'open' | 'lost' | 'ended';

/** Everything that the page shows until there is a report. */
export function StateView({
  state,
  connection,
  paused = false,
  onPause,
}: {
  state: LiveState;
  connection: Connection;
  paused?: boolean;
  onPause?: () => void;
}) {
  const { title, subtitle, status, panels, table, outcome } = state;
  const ended = outcome === 'ended' || connection === 'ended';
  const running = outcome === 'running' && connection === 'open';
  return (
    <>
      <h1>{title}</h1>
      {subtitle && <p class="subtitle">{subtitle}</p>}
      {(outcome !== 'reported' || onPause) && (
        <div class="answer">
          <p class="lead">{leadOf(state, connection)}</p>
          {running && status.detail && <p class="detail">{status.detail}</p>}
          {running && status.total !== undefined && (
            <progress aria-label="work that is done" value={status.done} max={status.total} />
          )}
          {!ended && outcome === 'running' && onPause && (
            <p>
              <button type="button" aria-pressed={paused} onClick={onPause}>
                Pause the drawing
              </button>
            </p>
          )}
        </div>
      )}
      <PanelsView panels={panels} table={table} />
    </>
  );
}

/** Panels that grow; with a table, those of results that are side by side, which have done so. */
export function PanelsView({ panels, table }: Pick<LiveState, 'panels'> & { table: LiveTable | undefined }) {
  return (
    <>
      <div class={table ? 'beside' : undefined}>
        {panels.map((panel) => (
          <PanelView key={panel.id} panel={panel} like={table ? alike(panel, panels) : [panel]} growing={!table} />
        ))}
      </div>
      {table && (
        <DataTable caption={table.caption} columns={table.columns.map((name) => ({ title: name }))} rows={table.rows} />
      )}
    </>
  );
}

function leadOf({ status, outcome }: LiveState, connection: Connection): string {
  if (outcome === 'ended') return 'The command has ended without a result; its terminal says why.';
  if (connection === 'ended') return 'The command has ended, or cannot be reached any more.';
  if (connection === 'lost') return 'The connection is lost; trying again.';
  return outcome === 'reported'
    ? 'Drawing the report'
    : `${status.text.charAt(0).toUpperCase()}${status.text.slice(1)}`;
}

/** The panels whose axes mean the same, which then have one scale. */
function alike(panel: LivePanel, panels: readonly LivePanel[]): LivePanel[] {
  return panels.filter(({ x, y }) => x.title === panel.x.title && y.title === panel.y.title && y.of === panel.y.of);
}
