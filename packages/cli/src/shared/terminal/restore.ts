// What puts the terminal in order at the end. A module of its own, since every start loads it, and not what draws.

let putInOrder: () => void = () => {};

/** Sets what removes that which is drawn on the terminal, once. */
export function beforeRestoring(action: () => void): void {
  putInOrder = action;
}

/** Removes the bar and shows the cursor again. Does nothing where there is no bar. */
export function restoreTerminal(): void {
  const action = putInOrder;
  putInOrder = () => {};
  action();
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
