/**
 * What the command ends with, for scripts. docs/command-line.md has them in a table. The code after a signal, 130, is in
 * `interruption.ts`, which imports nothing.
 */
export const exitCodes = {
  /** There is an answer. */
  done: 0,
  /** A fault of lrfind itself. */
  bug: 1,
  /** Something that the caller can correct; nothing was computed, or it could not be written. */
  mistake: 2,
  /** The work is done and its files are written, but there is nothing to use: no suggestion, or every training diverged. */
  noAnswer: 3,
} as const;
