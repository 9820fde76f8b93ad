let last: () => string = () => '';

/** Sets what is said on stderr when the process is interrupted. */
export function sayWhenInterrupted(text: () => string): void {
  last = text;
}

/** What is to be said now. */
export function interruptedText(): string {
  return last();
}
