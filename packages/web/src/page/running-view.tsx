import { PanelView } from 'lrfind/live-page/panel-view.js';
import type { LiveState } from 'lrfind/src/live/live-state.js';

/** Work as it goes: how far it is, its curves, and the button that stops it. */
export function RunningView({ state, onStop }: { state: LiveState; onStop: () => void }) {
  const { status, panels } = state;
  return (
    <>
      <p class="lead">{`${status.text.charAt(0).toUpperCase()}${status.text.slice(1)}`}</p>
      {status.detail && <p class="detail">{status.detail}</p>}
      {status.total !== undefined && <progress aria-label="work that is done" value={status.done} max={status.total} />}
      <p>
        <button type="button" onClick={onStop}>
          Stop
        </button>
      </p>
      {panels.map((panel) => (
        <PanelView key={panel.id} panel={panel} like={[panel]} growing />
      ))}
    </>
  );
}
