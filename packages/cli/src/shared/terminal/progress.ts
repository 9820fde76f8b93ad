import { Presets, SingleBar } from 'cli-progress';
import { beforeRestoring } from './restore.js';

let bar: SingleBar | undefined;

/**
 * Whether stderr shows bars, which are drawn with escape codes: a terminal that understands them, and `NO_COLOR` not set, since
 * who sets it wants plain text.
 */
export function showsBars(): boolean {
  const { TERM, NO_COLOR } = process.env;
  return process.stderr.isTTY === true && TERM !== 'dumb' && !NO_COLOR;
}

/** Whether stderr shows how far a command is: as a bar, or in the log of a CI as a line now and then. */
export function showsProgress(): boolean {
  return showsBars() || isCiLog();
}

/** What CI services set, so that programs know that nobody watches. */
function isCiLog(): boolean {
  const { CI } = process.env;
  return Boolean(CI) && CI !== 'false' && CI !== '0';
}

/** Time between two lines of a log: enough to show that the program is alive. */
const LINE_MS = 20_000;

/** Reports what is done, of how much, and the values. */
type Progress = (done: number, total: number, values: Readonly<Record<string, unknown>>) => void;

/**
 * Progress on stderr: a bar, or lines now and then where {@link showsBars} says that there are none.
 *
 * @param format cli-progress's, with a name in braces for each value
 * @returns a function to call after each part; call `restoreTerminal` at the end
 */
export function progressOn(format: string): Progress {
  return showsBars() ? progressBar(format) : progressLines(format);
}

function progressBar(format: string): Progress {
  return (done, total, values) => {
    if (bar) return bar.update(done, values);
    bar = new SingleBar(
      { stream: process.stderr, format: `{bar} {percentage}% | ${format}`, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    bar.start(total, done, values);
    beforeRestoring(() => {
      bar?.stop();
      bar = undefined;
    });
  };
}

function progressLines(format: string): Progress {
  let next = performance.now() + LINE_MS;
  return (done, total, values) => {
    if (performance.now() < next) return;
    next = performance.now() + LINE_MS;
    const text = format.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
    process.stderr.write(`${Math.floor((100 * done) / total)}% | ${text}\n`);
  };
}
