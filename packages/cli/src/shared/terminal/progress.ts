import { Presets, SingleBar } from 'cli-progress';

let bar: SingleBar | undefined;

/**
 * A progress bar on stderr.
 *
 * @param format cli-progress's, with a name in braces for each value that is shown
 * @returns what to call when something is done: how much, of how much, and the values; call `restoreTerminal` at the end
 */
export function progressBar(
  format: string,
): (done: number, total: number, shown: Readonly<Record<string, unknown>>) => void {
  return (done, total, shown) => {
    if (bar) return bar.update(done, shown);
    bar = new SingleBar(
      { stream: process.stderr, format: `{bar} {percentage}% | ${format}`, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    bar.start(total, done, shown);
  };
}

/** Takes the bar away and shows the cursor again. Does nothing when no bar was drawn. */
export function restoreTerminal(): void {
  bar?.stop();
  bar = undefined;
}
