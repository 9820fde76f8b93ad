import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileError, InputError, isObject, shownValue } from '@lrfind/core';
import { pythonJson } from '../shared/python-json.js';

/** After the end of its input the program has this long to end by itself. */
const END_MS = 5000;

/** A program that trains, spoken to in lines of JSON. */
export interface Program extends AsyncDisposable {
  reset(seed: number): void;
  /** @throws InputError where the program ends, answers something else, or does not answer in time */
  step(rate: number, seed: number): Promise<number>;
  /** @throws as `step` */
  evaluate(seed: number): Promise<number>;
}

interface Waiting {
  /** What was asked, as it was sent. */
  readonly question: string;
  readonly answer: (loss: number) => void;
  readonly fail: (error: InputError) => void;
}

/**
 * Starts a program. It is a process group of its own, which ends with this process, whatever ends that.
 *
 * @param command the program and its arguments
 * @param timeout seconds to wait for an answer
 */
export function startProgram([file, ...args]: readonly [string, ...string[]], timeout: number): Program {
  const hasGroups = process.platform !== 'win32';
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: hasGroups });
  let waiting: Waiting | undefined;
  let failure: InputError | undefined;
  let answered = 0;
  let timer: NodeJS.Timeout | undefined;
  const kill = () => endGroup(child, hasGroups);
  process.on('exit', kill);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const fail = (error: InputError) => {
    failure ??= error;
    clearTimeout(timer);
    const asked = waiting;
    waiting = undefined;
    asked?.fail(failure);
  };
  child.once('error', (error) => fail(fileError(`the program ${file} cannot be started`, error)));
  // Once all that it has written is read.
  child.once('close', (code, signal) => {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const when = waiting ? `before it answered ${waiting.question}` : 'before the search did';
    fail(new InputError(`the program ended ${how} ${when}, after ${answered} answers`));
  });
  // A pipe without a reader: that the program has ended says why.
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    if (line.trim() === '' || failure) return;
    const loss = lossOf(line);
    if (!waiting) {
      fail(new InputError(`the program must write nothing but answers to standard output; got ${shownValue(line)}`));
    } else if (loss === undefined) {
      fail(
        new InputError(
          `the program must answer ${waiting.question} with a line such as {"loss": 0.5}, and write everything else to standard error; got ${shownValue(line)}`,
        ),
      );
    } else {
      clearTimeout(timer);
      answered += 1;
      const { answer } = waiting;
      waiting = undefined;
      answer(loss);
    }
  });
  const send = (message: object): string => {
    const text = JSON.stringify(message);
    if (!failure) child.stdin.write(`${text}\n`);
    return text;
  };
  const ask = (message: object) =>
    new Promise<number>((resolve, reject) => {
      const question = send(message);
      if (failure) return reject(failure);
      waiting = { question, answer: resolve, fail: reject };
      timer = setTimeout(
        () => fail(new InputError(`the program did not answer ${question} within ${timeout} s; --timeout allows more`)),
        timeout * 1000,
      );
    });
  return {
    reset: (seed) => void send({ reset: seed }),
    step: (rate, seed) => ask({ step: { rate, seed } }),
    evaluate: (seed) => ask({ evaluate: seed }),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      // One that failed is not waited for.
      if (failure) kill();
      else child.stdin.end();
      failure ??= new InputError('the search has ended');
      const late = setTimeout(kill, END_MS);
      if (child.pid !== undefined) await closed;
      clearTimeout(late);
      process.off('exit', kill);
    },
  };
}

/** @returns NaN for a loss that is not finite, undefined for what is no answer */
function lossOf(line: string): number | undefined {
  const answer = pythonJson(line);
  if (!isObject(answer) || !('loss' in answer)) return undefined;
  if (answer.loss === null) return Number.NaN;
  return typeof answer.loss === 'number' ? answer.loss : undefined;
}

/** Ends a program and what it has started itself; a program that does not end by that has lost its input and output. */
function endGroup(child: ChildProcess, hasGroups: boolean): void {
  if (child.pid === undefined) return;
  try {
    if (hasGroups) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended.
  }
}
