import { useState } from 'preact/hooks';
import type { Shown } from '../protocol.js';
import { ReportView } from './report-view.js';
import { pngOf, save } from './save.js';
import type { WorkerClient } from './worker-client.js';

/** A result: the line of code that uses it, its files, and its report. */
export function ResultView({ shown, worker }: { shown: Shown; worker: WorkerClient }) {
  const { json, code, report } = shown;
  const [problem, setProblem] = useState('');
  const name = (JSON.parse(json) as { format: string }).format;
  const picture = () => worker.ask({ kind: 'picture', json, dark: false }).answer;
  const trying = (work: () => Promise<void>) => () => {
    setProblem('');
    work().catch((error: Error) => setProblem(error.message));
  };
  return (
    <>
      {code && (
        <>
          <h3>The line that uses it</h3>
          {code.split('\n').map((line) => (
            <div key={line} class="copied">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
              <pre tabIndex={0}>
                <code>{line}</code>
              </pre>
              <button type="button" onClick={() => void navigator.clipboard?.writeText(line)}>
                Copy
              </button>
            </div>
          ))}
        </>
      )}
      <h3>Its files</h3>
      <p class="buttons">
        <button type="button" onClick={() => save(`${name}.json`, json, 'application/json')}>
          Save as JSON
        </button>
        <button
          type="button"
          onClick={trying(async () => save(`${name}.svg`, await picture(), 'image/svg+xml'))}
        >
          Save the chart as SVG
        </button>
        <button type="button" onClick={trying(async () => save(`${name}.png`, await pngOf(await picture()), 'image/png'))}>
          Save the chart as PNG
        </button>
      </p>
      {problem && <p class="problem">{problem}</p>}
      <ReportView html={report} />
    </>
  );
}
