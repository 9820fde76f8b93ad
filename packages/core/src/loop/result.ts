import type { Sweep, SweepResult } from '../results/sweep.js';
import { analyse } from '../sweep/analyse.js';
import { version } from '../version.js';
import type { Reading } from './loop-options.js';

/** What was measured, and how. */
export interface Measured {
  /** Of a whole sweep, rising. */
  readonly rates: readonly number[];
  readonly sweeps: readonly Sweep[];
  /** `loop` or `recorded`. */
  readonly backend: string;
  readonly notes: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly started: Date;
}

/** The result of a search before its answer was tried: all measurements, and the same analysis as that of `findLearningRate`. */
export function sweepResult(measured: Measured, { name, loss, optimizer, methods, notes }: Reading): SweepResult {
  const { rates, sweeps, backend, options, started } = measured;
  return {
    format: 'lrfind-sweep',
    version: 2,
    ...analyse(rates, sweeps, methods, optimizer),
    sweeps: [...sweeps],
    setup: {
      model: name,
      parameters: null,
      weights: null,
      loss,
      optimizer: { name: optimizer.name },
      rows: null,
      validationRows: 0,
      notes: [...notes, ...measured.notes],
    },
    options: { ...options, optimizer: optimizer.name, suggest: methods.map((method) => method.name) },
    environment: {
      lrfind: version,
      tfjs: null,
      ...platform(),
      backend,
      device: 'unknown',
      started: started.toISOString(),
      seconds: 0,
      msPerStep: 0,
    },
  };
}

/** The time that the steps of a result took. */
export function timed(environment: SweepResult['environment'], seconds: number, steps: number) {
  return { ...environment, seconds, msPerStep: steps > 0 ? (seconds * 1000) / steps : 0 };
}

function platform(): Pick<SweepResult['environment'], 'node' | 'platform'> {
  const { process: own } = globalThis as {
    readonly process?: { readonly version?: string; readonly platform?: string; readonly arch?: string };
  };
  return { node: own?.version ?? null, platform: own?.platform ? `${own.platform} ${own.arch}` : null };
}

/** Wall time since a moment. */
export function secondsSince(moment: Date): number {
  return (Date.now() - moment.getTime()) / 1000;
}
