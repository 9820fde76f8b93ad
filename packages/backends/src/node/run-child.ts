import { spawn } from 'node:child_process';

/** How a child process ended, and its output. */
export interface ChildResult {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a child may clean up after SIGINT before it is killed. */
const GRACE_PERIOD_MS = 300;

/**
 * Runs a program without a terminal and waits for its end. The program is ended when this process exits, or when the
 * signal fires.
 *
 * @throws the signal's reason, or the system's error when the program cannot be started
 */
export async function runChild(
  program: string,
  argv: readonly string[],
  { env = process.env, signal }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined } = {},
): Promise<ChildResult> {
  signal?.throwIfAborted();
  const child = spawn(program, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const interrupt = () => {
    child.kill('SIGINT');
    setTimeout(() => {
      child.kill('SIGKILL');
      // A grandchild may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE_PERIOD_MS).unref();
  };
  const exit = () => {
    child.kill('SIGINT');
    // An exiting process cannot await anything.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GRACE_PERIOD_MS);
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', interrupt);
  // Before other listeners, which may remove the folder that the child writes to.
  process.prependListener('exit', exit);
  try {
    const ended = await new Promise<Omit<ChildResult, 'stdout' | 'stderr'>>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, killed) => resolve({ code, signal: killed }));
    });
    signal?.throwIfAborted();
    return { ...ended, ...output };
  } finally {
    process.off('exit', exit);
    signal?.removeEventListener('abort', interrupt);
  }
}
