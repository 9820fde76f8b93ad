import { InputError } from '@lrfind/core';
import { CommanderError } from 'commander';
import { removeUnfinished } from './shared/outputs/output-files.js';
import { program } from './program.js';
import { interruptedText } from './shared/terminal/interruption.js';
import { restoreTerminal } from './shared/terminal/progress.js';

/** Exit codes: done, ours, the caller's mistake, interrupted. */
const exit = { done: 0, ours: 1, mistake: 2, interrupted: 130 } as const;

/**
 * The command line.
 *
 * @param argv arguments after the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // For good, as the error comes after the writing; once, however often this is called.
  if (!process.stdout.listeners('error').includes(ignoreClosedPipe)) process.stdout.on('error', ignoreClosedPipe);
  try {
    await program().parseAsync(argv as string[], { from: 'user' });
    return exit.done;
  } catch (error) {
    restoreTerminal();
    return report(error);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.mistake;
  if (error instanceof InputError) {
    process.stderr.write(`lrfind: ${error.message}\n`);
    return exit.mistake;
  }
  process.stderr.write(
    `lrfind: a fault of lrfind, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exit.ours;
}

function interrupt(): void {
  restoreTerminal();
  removeUnfinished();
  process.stderr.write(interruptedText());
  process.exit(exit.interrupted);
}

/** `lrfind … | head` closes our stdout early; that is no fault. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exit.done);
}
