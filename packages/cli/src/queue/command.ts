import { countText } from '@lrfind/core';
import type { KindState, QueueState, ShownJob } from '@lrfind/queue';
import { flagOptions } from '../shared/flag-values.js';
import { queueUrl } from '../shared/queue-url.js';
import { summaryText, textTable } from '../shared/terminal/text.js';
import { QueueStateOptions } from './options.js';

/**
 * `lrfind queue`: prints what waits, runs, is done and has failed, and which workers there are.
 *
 * @param given from commander
 * @throws InputError for a Redis that cannot be read
 */
export async function queue(given: Readonly<Record<string, unknown>>): Promise<void> {
  const { queue: flag, last, json } = flagOptions(QueueStateOptions, given);
  const { url, what } = queueUrl(flag);
  const { queueState } = await import('@lrfind/queue');
  const state = await queueState(url, last, what);
  process.stdout.write(json ? `${JSON.stringify(state, null, 1)}\n` : stateText(state));
}

function stateText({ workers, kinds }: QueueState): string {
  return summaryText([
    workers.length === 0
      ? 'no worker is there'
      : textTable(
          workers.map(({ name, kinds: [kind], concurrency }) => [
            name,
            `lrfind ${kind?.lrfind} on ${kind?.backend}`,
            `${concurrency} at a time`,
          ]),
          ['worker', 'trains', ''],
        ).join('\n'),
    ...(kinds.length === 0 ? ['nothing was ever queued here'] : kinds.map(kindText)),
  ]);
}

function kindText(kind: KindState): string {
  const { lrfind, backend, hasCode, waiting, running, done, failed, lastDone, lastFailed } = kind;
  const counts = [
    `${countText(waiting)} wait`,
    `${countText(running.length)} run`,
    `${countText(done)} done`,
    `${countText(failed)} failed`,
  ];
  const rows = [
    ...running.map((job) => row('runs', job)),
    ...lastFailed.map((job) => row('failed', job)),
    ...lastDone.map((job) => row('done', job)),
  ];
  const head = `lrfind ${lrfind} on ${backend}${hasCode ? ', with code' : ''}: ${counts.join(', ')}`;
  const table = textTable(rows, ['', 'trial', 'seed', 'until step', 'worker', 'tries', 'seconds', 'reason']);
  return rows.length === 0 ? head : [head, ...table].join('\n');
}

function row(what: string, { trial, seed, untilStep, worker, tries, seconds, reason }: ShownJob): string[] {
  return [
    what,
    trial,
    String(seed),
    String(untilStep),
    worker ?? '',
    String(tries),
    seconds === null ? '' : seconds.toFixed(1),
    reason?.split('\n')[0] ?? '',
  ];
}
