import { vi } from 'vitest';
import { main } from '../src/main.js';

// On tensorflow, a mode of execution chosen by measured times would change the last bits between two calls.
process.env.LRFIND_DETERMINISTIC ??= '1';

/** Runs the command line in this process. */
export async function lrfind(...argv: (string | number)[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      text[stream] += String(chunk);
      return true;
    }),
  );
  try {
    return { code: await main(argv.map(String)), ...text };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
