import { dispose, getBackend, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { traceDifference, traceDifferenceLater } from './compare-traces.js';
import {
  assignAll,
  type Outcome,
  perturbedCopy,
  relativeDifferences,
  relativeDifferencesLater,
  snapshot,
  withinRounding,
} from './outcome.js';
import type { Trace } from './trace.js';
import { traceFunction } from './trace-function.js';

/** A trace that a backend has compiled. */
export interface Executable {
  /**
   * Replays the traced function: returns its outputs and assigns the variables.
   *
   * @param inputs as many as were traced, of the same shapes and types
   */
  run(inputs: readonly Tensor[], variables: readonly Variable[]): Tensor[];
  dispose(): void;
}

/** How a backend compiles traces. */
export interface Compiler {
  /**
   * @param trace the executable owns it from here on, and this function releases it when it throws
   * @param inputs arguments of the traced shapes and types
   * @param calls number of calls to expect; undefined when it is unknown
   * @throws NotCompilable when the backend cannot compile it
   */
  compile(
    trace: Trace,
    inputs: readonly Tensor[],
    variables: readonly Variable[],
    calls: number | undefined,
  ): Executable;
  /** The largest relative difference from the eager result that counts as rounding; 0 requires equal bits. */
  readonly tolerance: number;
  /** Number of calls whose compiled results are compared with eager ones, at least 1. */
  readonly checks: number;
  /**
   * Whether the backend reads values later only. Results are then compared while further calls run eagerly; a failure to read them
   * is thrown by the next call. Default: it reads at once.
   */
  readonly readsLater?: boolean;
}

/** A trace cannot be compiled. The message says why; the function then keeps running eagerly. */
export class NotCompilable extends Error {
  override readonly name = 'NotCompilable';
}

/** A function from tensors to tensors that is traced, compiled and checked while it is used. */
export interface CompiledFunction {
  /** Calls it. The caller owns the results. Variables that the function assigns are assigned. */
  call(inputs: readonly Tensor[]): Tensor[];
  /** Why calls will keep running eagerly, one reason for each set of shapes; empty otherwise. */
  readonly problems: readonly string[];
  /** Whether the last call ran compiled. */
  readonly compiled: boolean;
  dispose(): void;
}

/** How far compilation has come, for arguments of one set of shapes. */
type Stage =
  | { readonly at: 'start' }
  | { readonly at: 'traced'; readonly trace: Trace }
  | { readonly at: 'checking'; readonly executable: Executable; readonly checks: number }
  /** The results of a call are being compared, on a backend that reads later. */
  | { readonly at: 'comparing' }
  | { readonly at: 'compiled'; readonly executable: Executable }
  | { readonly at: 'failed'; readonly error: unknown }
  | { readonly at: 'eager' };

/**
 * Compiles a function from tensors to tensors for the current backend, as `tf.function` does in Python.
 *
 * The first two calls run eagerly and are traced. Where the traces differ, the function depends on something besides
 * its arguments and variables, such as a JavaScript random number. The second call, and further ones if the compiler
 * asks for more checks, run compiled too, and the results are compared. Later calls run compiled only. A function that
 * is known to depend on nothing else is traced once, in its first call, which runs compiled too. A function that cannot
 * be compiled runs eagerly, and `problems` says why. Each set of argument shapes is compiled separately.
 *
 * @param run the function. It must be synchronous. Side effects other than assigning `variables` happen only while it
 *   is traced and checked
 * @param variables every variable that it reads or assigns
 * @param compiler the backend's; undefined for a backend without one
 * @param calls number of calls to expect, if known
 * @param isPure whether its results are known to depend on its arguments and variables alone; default: not
 */
export function compiledFunction(
  run: (inputs: readonly Tensor[]) => Tensor[],
  variables: readonly Variable[],
  compiler: Compiler | undefined,
  calls?: number,
  isPure = false,
): CompiledFunction {
  const stages = new Map<string, Stage>();
  const problems: string[] = [];
  let compiled = false;
  let disposed = false;

  const eager = (inputs: readonly Tensor[]) => tidy(() => run(inputs));
  const giveUp = (signature: string, problem: string) => {
    stages.set(signature, { at: 'eager' });
    if (!problems.includes(problem)) problems.push(problem);
  };

  const firstCall = (signature: string, inputs: readonly Tensor[]): Tensor[] => {
    const { outputs, trace, problem } = traceFunction(() => eager(inputs), inputs, variables);
    if (problem === undefined) stages.set(signature, { at: 'traced', trace });
    else {
      trace.release();
      giveUp(signature, problem);
    }
    return outputs;
  };

  /** @param firstTrace of a former call; undefined for a pure function */
  const compilingCall = (signature: string, inputs: readonly Tensor[], firstTrace?: Trace): Tensor[] => {
    const before = snapshot(variables);
    try {
      const { outputs, trace, problem } = traceFunction(() => eager(inputs), inputs, variables);
      const later = compiler?.readsLater === true;
      const differenceLater =
        problem === undefined && later && firstTrace ? traceDifferenceLater(firstTrace, trace) : undefined;
      const difference = problem ?? (later ? undefined : firstTrace && traceDifference(firstTrace, trace));
      if (!differenceLater) firstTrace?.release();
      if (difference !== undefined) {
        trace.release();
        giveUp(signature, difference);
        return outputs;
      }
      let executable: Executable;
      try {
        executable = (compiler as Compiler).compile(trace, inputs, variables, calls);
      } catch (error) {
        differenceLater?.finally(() => firstTrace?.release()).catch(() => {});
        if (!(error instanceof NotCompilable)) throw error;
        giveUp(signature, error.message);
        return outputs;
      }
      // The traced call is the eager one that the compiled result is compared with.
      const expected = { outputs, state: snapshot(variables) };
      const { checks } = compiler as Compiler;
      if (!later) return checkedCall(signature, inputs, before, expected, executable, checks);
      const sameTrace = differenceLater ?? Promise.resolve(undefined);
      return callCheckedLater(
        signature,
        inputs,
        before,
        expected,
        executable,
        checks,
        sameTrace.finally(() => firstTrace?.release()),
      );
    } finally {
      dispose(before);
    }
  };

  const furtherCheck = (
    signature: string,
    inputs: readonly Tensor[],
    { executable, checks }: Extract<Stage, { at: 'checking' }>,
  ): Tensor[] => {
    const before = snapshot(variables);
    try {
      const expected = { outputs: eager(inputs), state: snapshot(variables) };
      if (compiler?.readsLater) return callCheckedLater(signature, inputs, before, expected, executable, checks);
      return checkedCall(signature, inputs, before, expected, executable, checks);
    } finally {
      dispose(before);
    }
  };

  const outcomeFrom = (state: readonly Tensor[], action: () => Tensor[]): Outcome => {
    assignAll(variables, state);
    return { outputs: action(), state: snapshot(variables) };
  };

  /**
   * Runs the executable from the same state, and keeps the eager results. Until both are compared, further calls run eagerly.
   *
   * @param sameTrace how the two traces differ, once it is known
   */
  const callCheckedLater = (
    signature: string,
    inputs: readonly Tensor[],
    before: readonly Tensor[],
    expected: Outcome,
    executable: Executable,
    checks: number,
    sameTrace: Promise<string | undefined> = Promise.resolve(undefined),
  ): Tensor[] => {
    const { tolerance } = compiler as Compiler;
    const perturbed = before.map(perturbedCopy);
    const ran = outcomeFrom(before, () => executable.run(inputs, variables));
    const sensitive = outcomeFrom(perturbed, () => eager(inputs));
    assignAll(variables, expected.state);
    // The caller owns the outputs and may dispose them before they are read.
    const kept = [expected, ran, sensitive].map(({ outputs, state }) => ({ outputs: snapshot(outputs), state }));
    dispose([perturbed, ran.outputs, sensitive.outputs] as never);
    const [wanted, actual, moved] = kept as [Outcome, Outcome, Outcome];
    const verdict = async (): Promise<string | undefined> => {
      const [difference, differences, sensitivities] = await Promise.all([
        sameTrace,
        relativeDifferencesLater(wanted, actual, tolerance),
        relativeDifferencesLater(wanted, moved),
      ]);
      if (difference !== undefined || withinRounding(differences, sensitivities, tolerance)) return difference;
      return differsBy(differences);
    };
    stages.set(signature, { at: 'comparing' });
    verdict()
      .then(
        (problem) => {
          if (problem !== undefined || disposed) executable.dispose();
          if (disposed) return;
          if (problem !== undefined) giveUp(signature, problem);
          else stages.set(signature, checkedStage(executable, checks));
        },
        (error) => {
          executable.dispose();
          if (!disposed) stages.set(signature, { at: 'failed', error });
        },
      )
      .finally(() => dispose(kept.flatMap(({ outputs, state }) => [...outputs, ...state])));
    return expected.outputs;
  };

  /** Runs the executable from the same state. Keeps its results if they equal the eager ones, else gives it up. */
  const checkedCall = (
    signature: string,
    inputs: readonly Tensor[],
    before: readonly Tensor[],
    expected: Outcome,
    executable: Executable,
    checks: number,
  ): Tensor[] => {
    const { tolerance } = compiler as Compiler;
    const actual = outcomeFrom(before, () => executable.run(inputs, variables));
    const differences = relativeDifferences(expected, actual, tolerance);
    let correct = differences.every((difference) => difference <= tolerance);
    if (!correct && tolerance > 0) {
      // Rounding can decide a result, such as the direction of an Adam step along a gradient of zero.
      const perturbed = before.map(perturbedCopy);
      const sensitive = outcomeFrom(perturbed, () => eager(inputs));
      correct = withinRounding(differences, relativeDifferences(expected, sensitive), tolerance);
      dispose([perturbed, sensitive.outputs, sensitive.state] as never);
    }
    const [kept, other] = correct ? [actual, expected] : [expected, actual];
    assignAll(variables, kept.state);
    dispose([kept.state, other.outputs, other.state] as never);
    if (correct) {
      stages.set(signature, checkedStage(executable, checks));
    } else {
      executable.dispose();
      giveUp(signature, differsBy(differences));
    }
    return kept.outputs;
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
          return isPure ? compilingCall(signature, inputs) : firstCall(signature, inputs);
        case 'traced':
          return compilingCall(signature, inputs, stage.trace);
        case 'checking':
          return furtherCheck(signature, inputs, stage);
        case 'compiled':
          return stage.executable.run(inputs, variables);
        case 'failed':
          throw stage.error;
        case 'comparing':
        case 'eager':
          return eager(inputs);
      }
    },
    dispose() {
      disposed = true;
      for (const stage of stages.values()) {
        if (stage.at === 'traced') stage.trace.release();
        if (stage.at === 'checking' || stage.at === 'compiled') stage.executable.dispose();
      }
      stages.clear();
    },
  };
}

/** What follows a check that has passed. */
function checkedStage(executable: Executable, checks: number): Stage {
  return checks > 1 ? { at: 'checking', executable, checks: checks - 1 } : { at: 'compiled', executable };
}

function differsBy(differences: readonly number[]): string {
  return `the compiled result differed from the eager one by ${Math.max(...differences).toPrecision(2)} of its size`;
}
