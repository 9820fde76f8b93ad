import { InputError } from '@lrfind/core';
import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { errorOfOwnCode } from './files/own-code.js';
import { removeUnfinished } from './files/unfinished.js';
import { beforeInterruption } from './interruption.js';
import { run } from './program.js';
import { interruptedText, restoreTerminal } from './shared/terminal/restore.js';
import { stackInSources } from './shared/terminal/source-stack.js';
import { outputFailure, watchOutput } from './shared/terminal/streams.js';
import { styled } from './shared/terminal/style.js';

/**
 * Runs the command line.
 *
 * @param argv arguments after the program's name
 * @returns the exit code, one of `exitCodes`
 */
export async function main(argv: readonly string[]): Promise<number> {
  beforeInterruption(() => {
    restoreTerminal();
    removeUnfinished();
    process.stderr.write(interruptedText());
  });
  watchOutput();
  try {
    const code = await run(argv);
    return outputFailure() ?? code;
  } catch (error) {
    restoreTerminal();
    // Ctrl-C in a terminal ends child processes too. Then it is the reason, and not their end.
    await new Promise((resolve) => setImmediate(resolve));
    return report(errorOfOwnCode(error) ?? error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.mistake;
  if (error instanceof InputError) {
    process.stderr.write(`${styled('bad', 'lrfind:', process.stderr)} ${error.message}\n`);
    return exitCodes.mistake;
  }
  process.stderr.write(
    `lrfind: this is a bug in lrfind, please report it\n${error instanceof Error ? stackInSources(error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCodes.bug;
}
