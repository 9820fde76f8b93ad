import { dispose, getBackend, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { areRounding, assignAll, copiesOf, differencesBetween, nudgedCopyOf, type Outcome } from './outcome.js';
import { type Recorded, record } from './record.js';
import type { Recording } from './trace.js';
import { differenceBetween } from './compare-traces.js';

/** A recording made ready to run by a backend. */
export interface Executable {
  /**
   * Does what the recorded function did: returns its outputs, and leaves the variables holding their new values.
   *
   * @param inputs as many as were recorded, of the same shapes and types
   */
  run(inputs: readonly Tensor[], variables: readonly Variable[]): Tensor[];
  dispose(): void;
}

/** How a backend makes recordings ready to run. */
export interface Compiler {
  /**
   * @param recording owned by the result from here on, also when this throws
   * @param inputs arguments of the shapes and types that were recorded
   * @param calls how many calls to expect; undefined when nobody knows
   * @throws NotCompilable when the backend cannot run it so
   */
  compile(
    recording: Recording,
    inputs: readonly Tensor[],
    variables: readonly Variable[],
    calls: number | undefined,
  ): Executable;
  /** Relative difference from the eager result that is put down to rounding; 0: every bit must agree. */
  readonly tolerance: number;
  /** How many calls are compared with eager ones, from 1. */
  readonly checks: number;
}

/** Says why a recording cannot be compiled; the function then goes on running operation by operation. */
export class NotCompilable extends Error {
  override readonly name = 'NotCompilable';
}

/** A function from tensors to tensors that is recorded, compiled and checked while it is used. */
export interface CompiledFunction {
  /** Calls it. The results are the caller's; variables that the function assigns are assigned. */
  call(inputs: readonly Tensor[]): Tensor[];
  /** Why calls run operation by operation for good, one reason for each set of shapes; empty while all is well. */
  readonly problems: readonly string[];
  /** Whether the last call ran compiled. */
  readonly compiled: boolean;
  dispose(): void;
}

/** The way from a first call to compiled ones, for arguments of one set of shapes. */
type Stage =
  | { readonly at: 'start' }
  | { readonly at: 'recorded'; readonly recording: Recording }
  | { readonly at: 'unchecked'; readonly executable: Executable; readonly checks: number }
  | { readonly at: 'compiled'; readonly executable: Executable }
  | { readonly at: 'eager' };

/**
 * Compiles a function from tensors to tensors for the current backend, as `tf.function` does in Python. The first two calls
 * run operation by operation and are recorded; where the two recordings differ the function depends on something besides
 * its arguments and variables, such as a JavaScript random number. The second call, and as many more as the compiler asks for,
 * run compiled too and the results are compared; from then on it runs compiled. A function that cannot be compiled stays right: it runs
 * as it is, and `problems` says why. One program is made for each set of argument shapes.
 *
 * @param run the function; synchronous. Apart from assigning `variables`, its effects outside of tensors happen while it
 *   is recorded and checked only
 * @param variables every variable that it reads or assigns
 * @param compiler the backend's; undefined for one that has none
 * @param calls how many calls to expect, where somebody knows
 */
export function compiledFunction(
  run: (inputs: readonly Tensor[]) => Tensor[],
  variables: readonly Variable[],
  compiler: Compiler | undefined,
  calls?: number,
): CompiledFunction {
  const stages = new Map<string, Stage>();
  const problems: string[] = [];
  let compiled = false;

  const eager = (inputs: readonly Tensor[]) => tidy(() => run(inputs));
  const giveUp = (signature: string, problem: string) => {
    stages.set(signature, { at: 'eager' });
    if (!problems.includes(problem)) problems.push(problem);
  };

  const first = (signature: string, inputs: readonly Tensor[]): Tensor[] => {
    const { outputs, recording, problem }: Recorded = record(() => eager(inputs), inputs, variables);
    if (problem === undefined) stages.set(signature, { at: 'recorded', recording });
    else {
      recording.release();
      giveUp(signature, problem);
    }
    return outputs;
  };

  const second = (signature: string, inputs: readonly Tensor[], earlier: Recording): Tensor[] => {
    const before = copiesOf(variables);
    try {
      const { outputs, recording, problem }: Recorded = record(() => eager(inputs), inputs, variables);
      const difference = problem ?? differenceBetween(earlier, recording);
      earlier.release();
      if (difference !== undefined) {
        recording.release();
        giveUp(signature, difference);
        return outputs;
      }
      let executable: Executable;
      try {
        executable = (compiler as Compiler).compile(recording, inputs, variables, calls);
      } catch (error) {
        if (!(error instanceof NotCompilable)) throw error;
        giveUp(signature, error.message);
        return outputs;
      }
      // What was recorded is the eager result that the compiled one is compared with.
      const expected = { outputs, state: copiesOf(variables) };
      return checked(signature, inputs, before, expected, executable, (compiler as Compiler).checks);
    } finally {
      dispose(before);
    }
  };

  const further = (
    signature: string,
    inputs: readonly Tensor[],
    { executable, checks }: Extract<Stage, { at: 'unchecked' }>,
  ): Tensor[] => {
    const before = copiesOf(variables);
    try {
      const expected = { outputs: eager(inputs), state: copiesOf(variables) };
      return checked(signature, inputs, before, expected, executable, checks);
    } finally {
      dispose(before);
    }
  };

  /** Runs what was compiled from the same state, and goes on with it when it gives what the eager run gave. */
  const checked = (
    signature: string,
    inputs: readonly Tensor[],
    before: readonly Tensor[],
    expected: Outcome,
    executable: Executable,
    checks: number,
  ): Tensor[] => {
    const { tolerance } = compiler as Compiler;
    const outcomeFrom = (start: readonly Tensor[], action: () => Tensor[]): Outcome => {
      assignAll(variables, start);
      return { outputs: action(), state: copiesOf(variables) };
    };
    const actual = outcomeFrom(before, () => executable.run(inputs, variables));
    const differences = differencesBetween(expected, actual);
    let right = differences.every((difference) => difference <= tolerance);
    if (!right && tolerance > 0) {
      // What rounding decides, such as the direction of a step along a gradient of zero, may well differ.
      const nudged = before.map(nudgedCopyOf);
      const sensitive = outcomeFrom(nudged, () => eager(inputs));
      right = areRounding(differences, differencesBetween(expected, sensitive), tolerance);
      dispose([nudged, sensitive.outputs, sensitive.state] as never);
    }
    const [taken, other] = right ? [actual, expected] : [expected, actual];
    assignAll(variables, taken.state);
    dispose([taken.state, other.outputs, other.state] as never);
    if (right) {
      const next: Stage = { at: 'unchecked', executable, checks: checks - 1 };
      stages.set(signature, checks > 1 ? next : { at: 'compiled', executable });
    } else {
      executable.dispose();
      const worst = Math.max(...differences).toPrecision(2);
      giveUp(signature, `the compiled result differed from the eager one by ${worst} of its size`);
    }
    return taken.outputs;
  };

  return {
    problems,
    get compiled() {
      return compiled;
    },
    call(inputs) {
      const signature = `${getBackend()} ${inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ')}`;
      const stage = stages.get(signature) ?? { at: compiler ? 'start' : 'eager' };
      compiled = stage.at === 'compiled';
      switch (stage.at) {
        case 'start':
          return first(signature, inputs);
        case 'recorded':
          return second(signature, inputs, stage.recording);
        case 'unchecked':
          return further(signature, inputs, stage);
        case 'compiled':
          return stage.executable.run(inputs, variables);
        case 'eager':
          return eager(inputs);
      }
    },
    dispose() {
      for (const stage of stages.values()) {
        if (stage.at === 'recorded') stage.recording.release();
        if (stage.at === 'unchecked' || stage.at === 'compiled') stage.executable.dispose();
      }
      stages.clear();
    },
  };
}
