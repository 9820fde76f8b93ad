import type { InstallProgress } from '@lrfind/backends';
import { Presets, SingleBar } from 'cli-progress';
import { showsBars } from '../shared/terminal/progress.js';

const STAGES = { download: 'downloading', unpack: 'unpacking', try: 'trying a training step' } as const;

/**
 * Shows the progress of an installation on stderr: a bar for each stage on a terminal, else a line for each.
 *
 * @returns functions to call with each event, and at the end
 */
export function installProgress(): { onProgress(progress: InstallProgress): void; end(): void } {
  let current: InstallProgress['stage'] | undefined;
  let bar: SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  // Restores the terminal after an interruption too.
  process.once('exit', stop);
  const end = () => {
    process.off('exit', stop);
    stop();
  };
  return {
    onProgress({ stage, bytes, total }) {
      if (stage !== current) {
        stop();
        current = stage;
        if (showsBars() && stage !== 'try') bar = startBar(STAGES[stage], total);
        else process.stderr.write(`${STAGES[stage]}${stage === 'try' ? '' : ` (about ${megabytes(total)} MB)`}\n`);
      }
      bar?.update(megabytes(bytes));
    },
    end,
  };
}

function startBar(stage: string, total: number): SingleBar {
  const bar = new SingleBar(
    { stream: process.stderr, format: `${stage.padEnd(11)} {bar} {value} of about {total} MB`, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(megabytes(total), 0);
  return bar;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
