import { spawn } from 'node:child_process';

/** How a child process ended, and what it wrote. */
export interface Ended {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a child is given to tidy up, before it is ended without asking. */
const GRACE_MS = 300;

/**
 * Runs a program without a terminal and waits for its end. It ends with this process, and when the signal fires.
 *
 * @throws the signal's reason; or the system's error when the program cannot be started
 */
export async function runChild(
  program: string,
  argv: readonly string[],
  { env = process.env, signal }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined } = {},
): Promise<Ended> {
  signal?.throwIfAborted();
  const child = spawn(program, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const interrupt = () => {
    child.kill('SIGINT');
    setTimeout(() => {
      child.kill('SIGKILL');
      // A child of the child may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE_MS).unref();
  };
  const exit = () => {
    child.kill('SIGINT');
    // At the end of this process nothing but waiting is possible.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GRACE_MS);
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', interrupt);
  // First of all, so that the folder it writes to is removed after its end.
  process.prependListener('exit', exit);
  try {
    const ended = await new Promise<Omit<Ended, 'stdout' | 'stderr'>>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, killed) => resolve({ code, signal: killed }));
    });
    signal?.throwIfAborted();
    return { ...ended, ...written };
  } finally {
    process.off('exit', exit);
    signal?.removeEventListener('abort', interrupt);
  }
}
