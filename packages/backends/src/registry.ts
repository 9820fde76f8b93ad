import { assertOptions, suggestion } from '@lrfind/core';
import { getBackend } from '@tensorflow/tfjs-core';
import type { Backend, BackendFailure, BackendOptions } from './backend.js';
import { BackendError } from './backend-error.js';
import { registerGradients } from './gradients/register.js';
import { registerTensorMethods } from './tensor-methods.js';
import type { Compiler } from './trace/compiled-function.js';

/** The backend that `auto` chooses, and why. */
export interface AutomaticChoice {
  readonly name: string;
  /** Why, in words. */
  readonly why: string;
}

/** The backend in use. */
export interface BackendInfo {
  /** TensorFlow.js's name for it. */
  readonly name: string;
  /** The version of the package or library that computes. */
  readonly version: string;
  /** Where tensors are computed, in words. */
  readonly device: string;
  /** Why it was chosen, in words. */
  readonly why: string;
}

/** TensorFlow.js's name for plain JavaScript. */
const PLAIN = 'cpu';

const registered: Backend[] = [];
const compilers = new Map<string, Compiler>();
const threadLimits = new Map<string, (threads: number) => void>();
const settlers = new Map<string, () => Promise<BackendFailure | undefined>>();
let inUse: BackendInfo | undefined;
let provisional: string | undefined;
let warned = false;
let choosesByPace = false;
let chooseAutomatically: () => AutomaticChoice = () => {
  const [first] = registered;
  if (first) return { name: first.name, why: 'the first that was registered' };
  throw new BackendError('no backend is registered: import @lrfind/backends before training', 'auto');
};

/** Adds a backend at the end of the table. Register the best one first. Registering a backend again moves it to the end. */
export function registerBackend(backend: Backend): void {
  const at = registered.indexOf(backend);
  if (at >= 0) registered.splice(at, 1);
  registered.push(backend);
}

/** Replaces the rule by which `auto` chooses. By default it chooses the first registered backend. */
export function setAutomaticChoice(choose: () => AutomaticChoice): void {
  chooseAutomatically = choose;
}

/** Names a backend that nobody chose: TensorFlow.js took it because a tensor was made. A search or training may replace it. */
export function setProvisional(name: string): void {
  provisional = name;
}

/** Every registered backend, best first. */
export function registeredBackends(): readonly Backend[] {
  return registered;
}

/**
 * Makes a backend TensorFlow.js's current one and corrects it for training: afterwards every kernel has its gradient.
 * Prints nothing. Calling it again costs nothing, and it may follow the caller's own `tf.setBackend`. Tensors of
 * another backend move over when they are next used.
 *
 * @param choice a backend's name, or `auto` (the default). In Node `auto` is TensorFlow where it is found, else
 *   WebAssembly. If TensorFlow is found but fails to start, `auto` falls back to WebAssembly, and `why` says so.
 *   In a page it is WebAssembly.
 * @param options `wasmPaths`: where a page finds the files of WebAssembly; `byPace`: whether searches and trainings may move to a faster
 *   backend; `mostThreads`: threads that {@link useThreads} may ask for later
 * @throws BackendError for an unknown name, when the backend does not start, when `LRFIND_TENSORFLOW` is wrong, for `wasmPaths` with
 *   another backend or outside of a page, for `byPace` with a name, and for `mostThreads` that are no whole number from 1
 *
 * @example
 * const { name, device } = await useBackend(); // 'wasm', 'CPU (WebAssembly with SIMD, 2 threads)'
 *
 * @example
 * // In a page that serves them in a folder of their own.
 * await useBackend('wasm', { wasmPaths: '/wasm/' });
 */
export async function useBackend(choice = 'auto', options: BackendOptions = {}): Promise<BackendInfo> {
  assertOptions(options, ['wasmPaths', 'byPace', 'mostThreads']);
  if (options.byPace && choice !== 'auto')
    throw new BackendError(`byPace must come with the backend auto; got ${choice}`, choice);
  const { mostThreads = 1 } = options;
  if (!Number.isInteger(mostThreads) || mostThreads < 1)
    throw new BackendError(`mostThreads must be a whole number, at least 1; got ${mostThreads}`, choice);
  choosesByPace = false;
  if (choice !== 'auto') return open(choice, 'as asked', options);
  const opened = await openAutomatic(options);
  choosesByPace = options.byPace === true;
  return opened;
}

async function openAutomatic(options: BackendOptions): Promise<BackendInfo> {
  const { name, why } = chooseAutomatically();
  try {
    return await open(name, why, options);
  } catch (error) {
    const fallback = registered.find((backend) => backend.corrects);
    if (!fallback || name === fallback.name || !(error instanceof BackendError)) throw error;
    return open(fallback.name, `${why}, but does not work: ${error.message}`, options);
  }
}

/** What the last call of `useBackend` returned, as long as that backend is TensorFlow.js's current one. */
export function backendInUse(): BackendInfo | undefined {
  return inUse?.name === getBackend() ? inUse : undefined;
}

/**
 * The backend whose pace is worth measuring against that of the current one: where `useBackend` was called with `byPace`, and this
 * machine has a processor for it. It is not opened.
 */
export async function fasterCandidate(): Promise<string | undefined> {
  if (!choosesByPace || !backendInUse()) return undefined;
  for (const { name, mayBeFaster } of registered) if (name !== getBackend() && (await mayBeFaster?.())) return name;
  return undefined;
}

/** The compiler of the current backend; `undefined` when it has none or is not in the table. */
export function currentCompiler(): Compiler | undefined {
  return compilers.get(getBackend());
}

/**
 * Lets the current backend compute with fewer threads than it has: where each processor has work of its own, further threads only
 * get in each other's way. Results do not depend on it on WebAssembly; on TensorFlow nothing changes.
 *
 * @param threads how many at most, at least 1, the caller's among them; `Infinity` for all that it has or was opened with as `mostThreads`
 */
export function useThreads(threads: number): void {
  threadLimits.get(getBackend())?.(threads);
}

/**
 * Waits until the device of the current backend has checked everything that was asked of it. WebGPU reports later what goes wrong;
 * every other backend throws at once.
 *
 * @returns what failed since the last call, which is thereby forgotten; undefined where nothing did. A device that was lost has been
 *   replaced by a new one, which has none of its numbers
 * @throws BackendError where a lost device cannot be replaced
 */
export async function settleBackend(): Promise<BackendFailure | undefined> {
  return settlers.get(getBackend())?.();
}

/** Whether the current backend computes on a device that can be lost with all its numbers: see {@link settleBackend}. */
export function mayLoseDevice(): boolean {
  return settlers.has(getBackend());
}

/** Where tensors are computed. */
export interface EnsuredBackend {
  /** In words, such as `CPU (WebAssembly with SIMD, 1 thread)`. */
  readonly device: string;
  /** What the user should know: that it was chosen automatically and why, or that it is slow. */
  readonly notes: readonly string[];
}

/**
 * The current backend, corrected for training where the table has it; the automatic choice when there is none yet, or
 * plain JavaScript that nobody chose. A backend that the caller chose is never replaced. The first time that it is plain
 * JavaScript without a call of `useBackend('cpu')`, the console says so.
 *
 * @throws BackendError when none can be opened
 */
export async function ensureBackend(): Promise<EnsuredBackend> {
  const found = getBackend() as string | undefined;
  const asked = backendInUse() !== undefined;
  const current = found === PLAIN && found === provisional && !asked ? undefined : found;
  const correctable = registered.some(({ name, corrects }) => corrects && name === current);
  const opened =
    current === undefined ? await useBackend() : correctable ? await open(current, 'as asked', {}) : backendInUse();
  if (!opened) return { device: current as string, notes: [] };
  const { name, device, why } = opened;
  if (current === undefined) return { device, notes: [`backend ${name}: ${why}`] };
  if (name !== PLAIN) return { device, notes: [] };
  const slow = `backend ${PLAIN}: plain JavaScript, slow; call useBackend() first for a faster one`;
  if (!asked && !warned) console.warn(`lrfind: ${slow}`);
  warned = true;
  return { device, notes: [slow] };
}

async function open(choice: string, why: string, options: BackendOptions): Promise<BackendInfo> {
  const backend = registered.find(({ name }) => name === choice);
  if (!backend) {
    const allowed = ['auto', ...registered.map(({ name }) => name)];
    throw new BackendError(
      `backend must be one of ${allowed.join(', ')}; got "${choice}"${suggestion(choice, allowed)}`,
      choice,
      allowed,
    );
  }
  if (options.wasmPaths !== undefined && choice !== 'wasm')
    throw new BackendError(`wasmPaths must come with the backend wasm; got ${choice}`, choice);
  registerGradients();
  registerTensorMethods();
  const { compiler, useThreads, settle, ...opened } = await backend.open(options);
  if (compiler) compilers.set(backend.name, compiler);
  if (useThreads) threadLimits.set(backend.name, useThreads);
  if (settle) settlers.set(backend.name, settle);
  inUse = { name: backend.name, ...opened, why };
  return inUse;
}
