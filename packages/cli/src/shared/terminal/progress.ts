import { Presets, SingleBar } from 'cli-progress';

let bar: SingleBar | undefined;

/**
 * Whether stderr shows bars, which are drawn with escape codes: a terminal that understands them, and `NO_COLOR` not set, since
 * who sets it wants plain text.
 */
export function showsBars(): boolean {
  const { TERM, NO_COLOR } = process.env;
  return process.stderr.isTTY === true && TERM !== 'dumb' && !NO_COLOR;
}

/**
 * A progress bar on stderr.
 *
 * @param format cli-progress's, with a name in braces for each value
 * @returns a function to call after each part: what is done, of how much, and the values; call `restoreTerminal` at the end
 */
export function progressBar(
  format: string,
): (done: number, total: number, values: Readonly<Record<string, unknown>>) => void {
  return (done, total, values) => {
    if (bar) return bar.update(done, values);
    bar = new SingleBar(
      { stream: process.stderr, format: `{bar} {percentage}% | ${format}`, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    bar.start(total, done, values);
  };
}

/** Removes the bar and shows the cursor again. Does nothing where there is no bar. */
export function restoreTerminal(): void {
  bar?.stop();
  bar = undefined;
}

let interruptionText: () => string = () => '';

/** Sets what is printed on stderr when the process is interrupted. */
export function onInterruption(text: () => string): void {
  interruptionText = text;
}

/** What to print now that the process is interrupted. */
export function interruptedText(): string {
  return interruptionText();
}
