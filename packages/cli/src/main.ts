import { InputError } from '@lrfind/core';
import { CommanderError } from 'commander';
import { program } from './program.js';
import { removeUnfinished } from './shared/outputs/output-files.js';
import { interruptedText, restoreTerminal } from './shared/terminal/progress.js';

/** Exit codes. */
const exitCodes = { done: 0, bug: 1, mistake: 2, interrupted: 130 } as const;

/**
 * Runs the command line.
 *
 * @param argv arguments after the program's name
 * @returns the exit code: 0 when done, 2 for a mistake of the caller, 1 for a bug of lrfind
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // Never removed, because the error comes after the writing; added once, however often this is called.
  if (!process.stdout.listeners('error').includes(ignoreClosedPipe)) process.stdout.on('error', ignoreClosedPipe);
  try {
    const lrfind = await program(argv);
    await lrfind.parseAsync(argv as string[], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    restoreTerminal();
    return report(error);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.mistake;
  if (error instanceof InputError) {
    process.stderr.write(`lrfind: ${error.message}\n`);
    return exitCodes.mistake;
  }
  process.stderr.write(
    `lrfind: this is a bug in lrfind, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.bug;
}

function interrupt(): void {
  restoreTerminal();
  removeUnfinished();
  process.stderr.write(interruptedText());
  process.exit(exitCodes.interrupted);
}

/** `lrfind … | head` closes stdout early, which is not an error. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
}
