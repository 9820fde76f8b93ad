import { totalmem } from 'node:os';

/** The share of the machine's memory that this process may hold before a table is refused. The rest is for what else runs. */
export const MEMORY_SHARE = 0.9;

/** The memory of the machine, or of the container, in bytes. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  // Without a limit it is 0 or a number beyond any machine.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
