import { type ChildProcess, fork } from 'node:child_process';

/** What a process says of the job that it was given. */
export type JobAnswer<Result> =
  | { readonly result: Result }
  /** Why it failed, and whether the process ends with it. */
  | { readonly failure: string; readonly ends?: boolean };

/** Processes that run jobs, each one at a time. */
export interface JobProcesses {
  /**
   * Runs a job, in a process that has none or in a new one.
   *
   * @throws Error with why it failed, such as a process that ended in the middle
   */
  run(data: unknown): Promise<unknown>;
  /** Ends all of them, whatever they do. */
  end(): void;
}

/**
 * Processes of a program that gets the data of a job as a message, and answers with a {@link JobAnswer}. BullMQ's own would be waited for
 * without an end where one is killed while it starts.
 *
 * @param env their environment
 */
export function jobProcesses(program: URL, env: NodeJS.ProcessEnv): JobProcesses {
  const all = new Set<ChildProcess>();
  const free: ChildProcess[] = [];
  const remove = (child: ChildProcess) => {
    all.delete(child);
    const place = free.indexOf(child);
    if (place >= 0) free.splice(place, 1);
  };
  const start = (): ChildProcess => {
    // A program that preloads modules (`--import`) means itself by that.
    const child = fork(program, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    all.add(child);
    for (const event of ['exit', 'error']) child.on(event, () => remove(child));
    return child;
  };
  return {
    run(data) {
      const child = free.pop() ?? start();
      return new Promise((resolve, reject) => {
        const onAnswer = (answer: JobAnswer<unknown>) => {
          stopListening();
          if ('result' in answer || !answer.ends) free.push(child);
          if ('result' in answer) resolve(answer.result);
          else reject(new Error(answer.failure));
        };
        const onExit = (code: number | null, signal: string | null) => {
          stopListening();
          const isKilled = signal === 'SIGKILL' ? ', as the system does where memory runs out' : '';
          reject(new Error(`its process was ended by ${signal ?? `itself, with code ${code}`}${isKilled}`));
        };
        const onError = (error: Error) => {
          stopListening();
          child.kill('SIGKILL');
          reject(new Error(`it has no process: ${error.message}`));
        };
        const stopListening = () => {
          child.off('message', onAnswer).off('exit', onExit).off('error', onError);
        };
        child.on('message', onAnswer).on('exit', onExit).on('error', onError);
        child.send(data as object);
      });
    },
    end() {
      for (const child of all) child.kill('SIGKILL');
    },
  };
}
