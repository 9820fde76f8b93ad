// The script of the page that draws work as it goes: listens to the events of the command, and at last shows its report.
import { render } from 'preact';
import { applyUpdate, type LiveState, type LiveUpdate } from '../src/live/live-state.js';
import { announcer } from './announcer.js';
import { addReport } from './report.js';
import { type Connection, StateView } from './state-view.js';

/** Connections that fail one after the other before the command counts as ended: while it runs, it answers. */
const MOST_FAILURES = 5;

/** Milliseconds between two drawings for readers who want little motion. */
const CALM = 1000;

/** Milliseconds without news after which the scales fit all that there is. */
const SETTLED = 300;

const main = document.querySelector('main') as HTMLElement;
const live = document.createElement('div');
const report = document.createElement('div');
report.className = 'report';
main.replaceChildren(live, report);
const announce = announcer(main);
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let state: LiveState | undefined;
let connection: Connection = 'open';
let paused = false;
let finished = false;
let failures = 0;
let drawn = Number.NEGATIVE_INFINITY;
let asked = false;
let settling: ReturnType<typeof setTimeout> | undefined;

const source = new EventSource('events');
source.addEventListener('state', ({ data }) => {
  state = JSON.parse(data) as LiveState;
  changed();
});
source.addEventListener('update', ({ data }) => {
  if (!state) return;
  const update = JSON.parse(data) as LiveUpdate;
  applyUpdate(state, update);
  changed(update.outcome !== undefined);
});
source.addEventListener('open', () => {
  failures = 0;
  connection = 'open';
  changed(true);
});
source.addEventListener('error', () => {
  failures += 1;
  const over = failures > MOST_FAILURES || source.readyState === EventSource.CLOSED || state?.outcome === 'ended';
  connection = over ? 'ended' : 'lost';
  if (over) source.close();
  changed(true);
});

/**
 * Draws in the next frame; a hidden page has none, and catches up when it is seen again.
 *
 * @param now also where the reader has paused the drawing, or wants little motion
 */
function changed(now = false): void {
  if (state?.outcome === 'reported') void finish(state);
  if (paused && !now) return;
  clearTimeout(settling);
  settling = setTimeout(() => paused || ask(), SETTLED);
  // Of what comes meanwhile, the next drawing shows all.
  if (!calm.matches || now || performance.now() - drawn > CALM) ask();
}

function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(draw);
}

function draw(): void {
  asked = false;
  drawn = performance.now();
  if (!state || report.hasChildNodes()) return;
  render(<StateView state={state} connection={connection} paused={paused} onPause={pause} />, live);
  const { done, total, text } = state.status;
  const share = done !== undefined && total ? `${Math.floor((100 * done) / total)} %` : '';
  document.title = [share, state.title].filter(Boolean).join(' · ');
  announce(connection === 'open' ? [state.title, text, share].filter(Boolean).join(', ') : 'The connection is lost.');
}

function pause(): void {
  paused = !paused;
  changed(true);
}

/** Gets the report, and shows it in place of what was drawn; results that are side by side stay above it. */
async function finish(last: LiveState): Promise<void> {
  if (finished) return;
  finished = true;
  const response = await fetch('report.html');
  const html = await response.text();
  source.close();
  render(last.table ? <StateView state={last} connection="open" /> : null, live);
  addReport(report, html, last.table === undefined);
  announce('The report is ready.', true);
}
