import type { announcer } from 'lrfind/live-page/announcer.js';
import { PanelsView } from 'lrfind/live-page/state-view.js';
import { applyUpdate, type LiveState } from 'lrfind/src/live/live-state.js';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answers, CommandName, Field, Given, Inputs, Shown, Understood } from '../protocol.js';
import { chosenWith } from './chosen-files.js';
import { DropZone } from './drop-zone.js';
import { fields, fieldsOf } from './fields.js';
import { flagsOf } from './flags.js';
import { hashOf, linkedBy } from './link.js';
import { OptionForm } from './option-form.js';
import { ReportView } from './report-view.js';
import { ResultView } from './result-view.js';
import { RunningView } from './running-view.js';
import { save } from './save.js';
import { UnderstoodView } from './understood-view.js';
import { type Work, WorkError, type WorkerClient } from './worker-client.js';

/** The three things that can be done, as their buttons call them. */
const commands: readonly { readonly name: CommandName; readonly title: string; readonly action: string }[] = [
  { name: 'find', title: 'Find a rate', action: 'Find the learning rate' },
  { name: 'train', title: 'Train', action: 'Train the model' },
  { name: 'compare', title: 'Compare trainings', action: 'Compare the trainings' },
];

/** What the page shows below the options. */
type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly stop: () => void }
  | { readonly kind: 'shown'; readonly shown: Shown }
  | { readonly kind: 'opened'; readonly opened: Answers['open'] }
  | { readonly kind: 'failed'; readonly message: string };

/** The whole page. */
export function App({ worker, announce }: { worker: WorkerClient; announce: ReturnType<typeof announcer> }) {
  const [linked, setLinked] = useState(() => linkedBy(location.hash, switchesOf));
  const { command, given, example } = linked;
  const [inputs, setInputs] = useState<Inputs>({ files: [] });
  const [understood, setUnderstood] = useState<Understood | undefined>(undefined);
  const [reading, setReading] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const live = useRef<LiveState>(newState());
  const [, setDrawn] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    const follow = () => setLinked(linkedBy(location.hash, switchesOf));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    history.replaceState(null, '', hashOf(linked));
  }, [linked]);
  useEffect(() => {
    if (!example) return;
    exampleFiles()
      .then((files) => setInputs(files))
      .catch((error: Error) => setProblem(`The example could not be loaded: ${error.message}`));
  }, [example]);

  const about = JSON.stringify(
    flagsOf(
      command,
      known(given, command, ({ isReading }) => isReading),
    ),
  );
  useEffect(() => {
    if (!inputs.table) return;
    let isLatest = true;
    setReading(true);
    setProblem(undefined);
    announce('Reading', true);
    worker
      .ask({ kind: 'understand', inputs, flags: JSON.parse(about) })
      .answer.then((found) => {
        if (!isLatest) return;
        setUnderstood(found);
        announce(`Read: ${found.table.rows} rows, ${found.table.columns.length} columns`, true);
      })
      .catch((error: Error) => {
        if (isLatest) setProblem(error.message);
      })
      .finally(() => isLatest && setReading(false));
    return () => {
      isLatest = false;
    };
  }, [inputs, about, worker, announce]);

  const choose = async (files: readonly File[]) => {
    if (files.length === 0) return;
    const { inputs: next, results } = await chosenWith(example ? { files: [] } : inputs, files);
    if (results.length > 0) return open(results);
    setOutcome({ kind: 'none' });
    setUnderstood(undefined);
    setLinked(({ command: same, given: options }) => ({ command: same, given: options, example: false }));
    setInputs(next);
    if (!next.table) setProblem('Choose or drop a table too, such as a CSV file.');
  };

  const open = async (results: readonly File[]) => {
    setProblem(undefined);
    announce('Drawing the results', true);
    try {
      const opened = await worker.ask({ kind: 'open', files: results }).answer;
      setOutcome({ kind: 'opened', opened });
      focusOn(heading);
      announce('The results are drawn.', true);
    } catch (error) {
      setOutcome({ kind: 'failed', message: (error as Error).message });
    }
  };

  const start = async () => {
    live.current = newState();
    let asked = false;
    const draw = () => {
      asked = false;
      setDrawn((count) => count + 1);
      const { done, total, text } = live.current.status;
      const share = done !== undefined && total ? `${Math.floor((100 * done) / total)} %` : '';
      document.title = [share, 'lrfind'].filter(Boolean).join(' · ');
      announce([text, share].filter(Boolean).join(', '));
    };
    const flags = flagsOf(command, given);
    const work: Work<Shown> = worker.ask({ kind: 'run', command, inputs, flags }, (update) => {
      applyUpdate(live.current, update);
      if (asked) return;
      asked = true;
      requestAnimationFrame(draw);
    });
    setOutcome({ kind: 'running', stop: work.stop });
    try {
      const shown = await work.answer;
      setOutcome({ kind: 'shown', shown });
      announce(`${shown.lead}`, true);
      focusOn(heading);
    } catch (error) {
      const isStop = error instanceof WorkError && error.isStop;
      setOutcome({ kind: 'failed', message: isStop ? 'Stopped. Nothing of it is kept.' : (error as Error).message });
    } finally {
      document.title = 'lrfind';
    }
  };

  const change = (name: string, value: string | boolean | undefined) =>
    setLinked(({ given: before, ...rest }) => {
      const { [name]: _, ...others } = before;
      return { ...rest, given: value === undefined ? others : ({ ...others, [name]: value } as Given) };
    });
  const action = commands.find(({ name }) => name === command)?.action;
  const isRunning = outcome.kind === 'running';

  return (
    <>
      <header>
        <h1>Find a learning rate</h1>
        <p>
          Choose a model and a table of your own. Everything is computed in this page: nothing is uploaded, and it works
          without a network once it has been loaded.
        </p>
      </header>
      <section aria-labelledby="files">
        <h2 id="files">Model and table</h2>
        <DropZone inputs={inputs} onFiles={(files) => void choose(files)} />
        <p class="buttons">
          <button
            type="button"
            aria-pressed={example}
            onClick={() => {
              setOutcome({ kind: 'none' });
              setLinked({ command, given: {}, example: true });
            }}
          >
            Use the example: handwritten digits
          </button>
        </p>
        {reading && <p class="muted">Reading…</p>}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
      </section>
      {understood && (
        <section aria-labelledby="understood">
          <h2 id="understood">What was understood</h2>
          <UnderstoodView understood={understood} given={given} onChange={change} />
          {understood.model?.json !== undefined && (
            <p>
              <button
                type="button"
                onClick={() => save('model.json', understood.model?.json ?? '', 'application/json')}
              >
                Save the model as model.json
              </button>
            </p>
          )}
        </section>
      )}
      {(understood || Object.keys(given).length > 0) && (
        <section aria-labelledby="options">
          <h2 id="options">What to do</h2>
          <fieldset class="commands">
            <legend>With this model and table</legend>
            {commands.map(({ name, title }) => (
              <label key={name}>
                <input
                  type="radio"
                  name="command"
                  value={name}
                  checked={name === command}
                  onChange={() => setLinked({ ...linked, command: name, given: known(given, name) })}
                />
                {title}
              </label>
            ))}
          </fieldset>
          <OptionForm key={command} groups={fields[command]} given={given} onChange={change} />
          <p class="buttons">
            <button
              type="button"
              class="main"
              disabled={isRunning || problem !== undefined || !understood?.model || understood.table.misfits.length > 0}
              onClick={() => void start()}
            >
              {action}
            </button>
          </p>
          <p class="muted">
            The address of this page holds these options, never your data: it repeats them on another day.
          </p>
        </section>
      )}
      <section aria-labelledby="outcome" hidden={outcome.kind === 'none'}>
        <h2 id="outcome" tabIndex={-1} ref={heading}>
          {titleOf(outcome)}
        </h2>
        {outcome.kind === 'running' && <RunningView state={live.current} onStop={outcome.stop} />}
        {outcome.kind === 'failed' && (
          <p class="problem" role="alert">
            {outcome.message}
          </p>
        )}
        {outcome.kind === 'shown' && <ResultView shown={outcome.shown} worker={worker} />}
        {outcome.kind === 'opened' && (
          <>
            <PanelsView panels={outcome.opened.start.panels} table={outcome.opened.start.table} />
            <ReportView html={outcome.opened.report} />
          </>
        )}
      </section>
    </>
  );
}

function titleOf(outcome: Outcome): string {
  if (outcome.kind === 'running') return 'At work';
  if (outcome.kind === 'shown') return outcome.shown.title;
  if (outcome.kind === 'opened') return outcome.opened.start.title;
  return 'No result';
}

function newState(): LiveState {
  return { title: '', subtitle: '', status: { text: 'starting' }, panels: [], outcome: 'running' };
}

/** The options that a command has too, of those that are wanted. */
function known(given: Given, command: CommandName, isWanted: (field: Field) => boolean = () => true): Given {
  const names = new Set(
    fieldsOf(command)
      .filter(isWanted)
      .map(({ name }) => name),
  );
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)));
}

/** The options of a command that are on or off. */
function switchesOf(command: CommandName): string[] {
  return fieldsOf(command).flatMap(({ name, type }) => (type === 'switch' ? [name] : []));
}

/** Moves the focus to a heading once it is drawn, so that what was read last is not lost. */
function focusOn({ current }: { readonly current: HTMLHeadingElement | null }): void {
  requestAnimationFrame(() => {
    current?.focus({ preventScroll: true });
    current?.scrollIntoView({ block: 'start' });
  });
}

/** The files of the built-in example. */
async function exampleFiles(): Promise<Inputs> {
  const names = ['model.json', 'digits.csv.gz'] as const;
  const files = await Promise.all(
    names.map(async (name) => {
      const response = await fetch(`example/${name}`);
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return new File([await response.blob()], name);
    }),
  );
  return { model: files[0], table: files[1], files };
}
