import type { ReportResult } from '../result.js';
import { optionText, secondsText } from '../texts.js';
import { DataTable } from './data-table.js';
import { Heading, type Level } from './heading.js';

/** Every option of a result as it was in force. */
export function OptionsTable({ options, level }: Pick<ReportResult, 'options'> & { level: Level }) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) return null;
  return (
    <>
      <Heading level={level}>Options</Heading>
      <DataTable
        caption="Every option as it was in force, defaults included."
        columns={[{ title: 'option' }, { title: 'value' }]}
        rows={given.map(([name, value]) => [<code>{name}</code>, optionText(value)])}
      />
    </>
  );
}

/** What a result was computed with. */
export function EnvironmentTable({ environment, level }: Pick<ReportResult, 'environment'> & { level: Level }) {
  const { lrfind, tfjs, node, platform, backend, device, started, seconds, msPerStep } = environment;
  const rows: [string, string][] = [
    ['lrfind', lrfind],
    ['TensorFlow.js', tfjs],
    ['backend', backend],
    ['device', device],
    ['Node', node ?? 'none'],
    ['platform', platform ?? 'unknown'],
    ['started', dateText(started)],
    ['time', `${secondsText(seconds)} (${msPerStep.toFixed(1)} ms for a training step)`],
  ];
  return (
    <>
      <Heading level={level}>Environment</Heading>
      <DataTable caption="Versions, machine and time." columns={[{ title: 'what' }, { title: 'value' }]} rows={rows} />
    </>
  );
}

/** A moment in universal time to the second; what is no date stays as it is. */
function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
