import { useState } from 'preact/hooks';
import type { Shown } from '../protocol.js';
import { ReportView } from './report-view.js';
import { pngOf, save } from './save.js';
import type { WorkerClient } from './worker-client.js';

/** A result: its files, and its report. */
export function ResultView({ shown, worker }: { shown: Shown; worker: WorkerClient }) {
  const { json, report } = shown;
  const [problem, setProblem] = useState('');
  const name = (JSON.parse(json) as { format: string }).format;
  const picture = () => worker.ask({ kind: 'picture', json, dark: false }).answer;
  const trying = (work: () => Promise<void>) => () => {
    setProblem('');
    work().catch((error: Error) => setProblem(error.message));
  };
  return (
    <>
      <p class="buttons">
        <button type="button" onClick={() => save(`${name}.json`, json, 'application/json')}>
          Save as JSON
        </button>
        <button type="button" onClick={trying(async () => save(`${name}.svg`, await picture(), 'image/svg+xml'))}>
          Save the chart as SVG
        </button>
        <button
          type="button"
          onClick={trying(async () => save(`${name}.png`, await pngOf(await picture()), 'image/png'))}
        >
          Save the chart as PNG
        </button>
      </p>
      {problem && <p class="problem">{problem}</p>}
      <ReportView html={report} />
    </>
  );
}
